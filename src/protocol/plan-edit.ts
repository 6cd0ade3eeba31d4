/**
 * May the plan of a run become another? Only what has not begun can change, and nothing that has may lose what it stands
 * on. One rule for the run itself, which decides, and for whoever wants to know beforehand. Pure.
 */
import { canonicalJson } from '../plan/canonical.ts';
import type { Json } from '../plan/json.ts';
import { planDifference } from '../plan/plan-difference.ts';
import type { PlanDifference } from '../plan/plan-difference.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import type { StepStatus } from './status.ts';

/** Why an edit is refused, for machines. */
export const EDIT_CODES = [
  /** A step that has begun, or has ended, would change or go. */
  'step_started',
  /** Something that waits for a step would lose it: a message of a person. */
  'would_orphan',
  /** A condition would read a part of a result that was not kept. */
  'reference_lost',
  /** A member of the plan that a run keeps for life. */
  'not_editable',
  /** The plan is the one that the run has. */
  'nothing_changed',
  /** A step proposed it, and its policy does not let it. */
  'not_permitted',
  /** A step is to run anew that cannot: there is none, it has not begun, it runs others inside, or the run is ending. */
  'not_rerunnable',
  /** What a person has decided of a step would be undone by running another anew. */
  'step_decided',
  /** It is no plan. */
  'plan_invalid',
] as const;
type EditCode = (typeof EDIT_CODES)[number];

export interface EditFault {
  readonly code: EditCode;
  /** null: it is about the plan as a whole. */
  readonly step: string | null;
  readonly why: string;
}

/** How a step of the run stands. */
export interface Standing {
  readonly status: StepStatus;
  /** 0: nothing has been tried yet, or since it is to run anew. */
  readonly attempt: number;
  /** It has been tried, be it before it was to run anew. Absent: as `attempt` says. */
  readonly hasRun?: boolean;
}

/** What an edit does to a plan. */
export interface PlanEdit {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What they do differs; the members that do. */
  readonly changed: PlanDifference['steps']['changed'];
  /** Only what they wait for differs. */
  readonly rewired: readonly string[];
  /** Members of the plan beside its steps. */
  readonly members: readonly string[];
}

/** Of these a run has made use when it began. */
const FOR_LIFE: readonly string[] = ['limits', 'timeoutMs', 'labels', 'workspace', 'retentionMs'];
const REWIRING: ReadonlySet<string> = new Set(['dependencies']);

export function planEdit(before: Plan, after: Plan): PlanEdit {
  const { steps, changed: members } = planDifference(before, after);
  const isRewired = ({ members: of }: { readonly members: readonly string[] }) =>
    of.every((member) => REWIRING.has(member));
  return {
    added: steps.added,
    removed: steps.removed,
    changed: steps.changed.filter((step) => !isRewired(step)),
    rewired: steps.changed.filter(isRewired).map(({ name }) => name),
    members: [...members, ...(before.version === after.version ? [] : ['version'])],
  };
}

/**
 * Everything that speaks against it; empty when it may be.
 *
 * @param edit what it does, of {@link planEdit}
 * @param standing of the run's steps, by key
 */
export function editFaults(
  before: Plan,
  after: Plan,
  edit: PlanEdit,
  standing: (key: string) => Standing | undefined,
): readonly EditFault[] {
  if (before.name !== after.name) return [notEditable('name', `it is "${before.name}" for life`)];
  if (before.hash === after.hash) {
    return [{ code: 'nothing_changed', step: null, why: 'it is the plan that the run has' }];
  }
  return [
    ...memberFaults(before, after, edit),
    ...edit.removed.flatMap((key) => removedFault(key, standing(key))),
    ...edit.rewired.flatMap((key) =>
      startedFault(key, standing(key), 'cannot wait for other steps any more'),
    ),
    ...edit.changed.flatMap(({ name, members }) =>
      startedFault(name, standing(name), `cannot change (${members.join(', ')})`),
    ),
    ...agentFaults(before, after, standing),
  ];
}

export function hasBegun({ status, attempt }: Standing): boolean {
  return status !== 'pending' || attempt > 0;
}

function memberFaults(before: Plan, after: Plan, { members }: PlanEdit): EditFault[] {
  const lasting = members.filter((name) => FOR_LIFE.includes(name));
  const faults = lasting.map((name) => notEditable(name, 'a run keeps what it began with'));
  if (isSame(before.inputs, after.inputs)) return faults;
  return [...faults, notEditable('inputs', 'start another run with `baton rerun` for other inputs')];
}

function notEditable(name: string, why: string): EditFault {
  return { code: 'not_editable', step: null, why: `\`${name}\` cannot change: ${why}` };
}

/** Under the name of a step that has run no other one begins: its attempts would have the numbers, and keys, of the first. */
function removedFault(key: string, step: Standing | undefined): EditFault[] {
  const what = 'cannot be taken out';
  if (step?.hasRun !== true || hasBegun(step)) return startedFault(key, step, what);
  return [{ code: 'step_started', step: key, why: `step "${key}" ${what}: it has run before` }];
}

function startedFault(key: string, step: Standing | undefined, what: string): EditFault[] {
  if (step === undefined || !hasBegun(step)) return [];
  const stands = step.status === 'pending' ? 'has begun before' : `is ${step.status}`;
  return [{ code: 'step_started', step: key, why: `step "${key}" ${what}: it ${stands}` }];
}

/** An agent's profile stays as long as a step that has begun works with it. */
function agentFaults(
  before: Plan,
  after: Plan,
  standing: (key: string) => Standing | undefined,
): EditFault[] {
  const isOther = (name: string) => !isSame(before.agents[name], after.agents[name]);
  return before.steps.flatMap((step) => {
    const agent = agentOf(step);
    const state = standing(step.key);
    if (agent === null || state === undefined || !hasBegun(state) || !isOther(agent)) return [];
    return [
      {
        code: 'step_started',
        step: step.key,
        why: `agent "${agent}" cannot change: step "${step.key}" works with it`,
      },
    ];
  });
}

function agentOf({ spec }: PlanStep): string | null {
  return spec.kind === 'agent' ? spec.agent : null;
}

function isSame(left: unknown, right: unknown): boolean {
  return textOf(left) === textOf(right);
}

const textOf = (value: unknown): string => canonicalJson((value ?? null) as Json);
