/**
 * May a step change the plan of its own run like that? A policy lets it, within bounds; and whatever these are, nobody
 * gains rights by it: what the author's steps wait for stays, secrets stay out of reach, and limits, workspace, agents
 * and policies are no matter of proposals. Pure.
 */
import { canonicalJson } from '../../plan/canonical.ts';
import type { Json } from '../../plan/json.ts';
import type { EditPolicy, Plan, PlanStep } from '../../plan/plan.ts';
import type { EditFault, PlanEdit } from '../plan-edit.ts';

/** Most steps that any policy lets a run gain. */
export const MAX_PROPOSED_STEPS = 200;
export const DEFAULT_PROPOSED_STEPS = 10;
/** What may be proposed where nobody says otherwise: nothing that reaches outside by itself. */
export const PROPOSED_KINDS: readonly string[] = ['agent', 'ask', 'transform', 'wait'];

/** Steps that proposals have brought into the run, each with the step that proposed it; those too that are gone again. */
export type Gained = Readonly<Record<string, string>>;

export interface Proposal {
  readonly before: Plan;
  readonly after: Plan;
  /** What it does, of `planEdit`. */
  readonly edit: PlanEdit;
  /** The step that proposes it. */
  readonly by: string;
  readonly policy: EditPolicy;
  readonly gained: Gained;
}

/** An edit as people are asked about it. */
export interface ProposedEdit {
  /** Of the plan that it was made of. */
  readonly revision: number;
  readonly reason: string | null;
  readonly added: readonly {
    readonly step: string;
    readonly kind: string;
    readonly agent: string | null;
    readonly dependencies: readonly string[];
  }[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly step: string; readonly members: readonly string[] }[];
  /** They only wait for others. */
  readonly rewired: readonly { readonly step: string; readonly dependencies: readonly string[] }[];
}

/** Everything that speaks against it, beside what speaks against any edit. */
export function proposalFaults(proposal: Proposal): readonly EditFault[] {
  const { edit, before, after } = proposal;
  const former = stepsOf(before);
  const steps = stepsOf(after);
  return [
    ...edit.members.flatMap((member) => memberFaults(proposal, member)),
    ...roomFaults(proposal),
    ...edit.added.flatMap((key) => addedFaults(proposal, steps.get(key))),
    ...edit.changed.flatMap(({ name }) => touchedFaults(proposal, former.get(name), steps.get(name))),
    ...edit.removed.flatMap((key) => touchedFaults(proposal, former.get(key), undefined)),
    ...looseEnds(proposal, former, steps),
  ];
}

/** How many steps the proposer may still add. */
export function roomOf({ edits }: Plan, policy: EditPolicy, by: string, gained: Gained): number {
  const all = Object.values(gained);
  const own = policy.maxSteps - all.filter((step) => step === by).length;
  return Math.max(0, edits === undefined ? own : Math.min(own, edits.maxSteps - all.length));
}

/** Those that steps may name which are proposed. */
export function agentsFor({ declared = [], agents }: Plan, policy: EditPolicy): readonly string[] {
  return policy.agents ?? [...new Set([...declared, ...Object.keys(agents)])];
}

type Steps = ReadonlyMap<string, PlanStep>;

const stepsOf = ({ steps }: Plan): Steps => new Map(steps.map((step) => [step.key, step]));

/** Of the plan beside its steps only the agents follow from these: new ones, each as the definition has it. */
function memberFaults({ before, after }: Proposal, member: string): EditFault[] {
  if (member !== 'agents') return [notPermitted(null, `\`${member}\` of the plan is no matter of proposals`)];
  const others = Object.keys(after.agents).filter(
    (name) => Object.hasOwn(before.agents, name) && !isSame(before.agents[name], after.agents[name]),
  );
  return others.map((name) => notPermitted(null, `agent "${name}" would be another: proposals change steps`));
}

function roomFaults({ before, edit, by, policy, gained }: Proposal): EditFault[] {
  const fresh = edit.added.filter((key) => !Object.hasOwn(gained, key));
  const room = roomOf(before, policy, by, gained);
  if (fresh.length <= room) return [];
  const why = `${fresh.length} steps would come, and ${room} more may (max_steps ${policy.maxSteps})`;
  return [notPermitted(null, why)];
}

function addedFaults(proposal: Proposal, step: PlanStep | undefined): EditFault[] {
  return step === undefined ? [] : rightsFaults(proposal, step, undefined);
}

/** A step that is there: one that a proposal has brought may be anything that could come anew. */
function touchedFaults(
  proposal: Proposal,
  former: PlanStep | undefined,
  step: PlanStep | undefined,
): EditFault[] {
  if (former === undefined) return [];
  const faults = step === undefined ? [] : rightsFaults(proposal, step, former.edits);
  if (Object.hasOwn(proposal.gained, former.key)) return faults;
  const what = step === undefined ? 'be taken out' : 'change';
  const no = (why: string) => notPermitted(former.key, `step "${former.key}" cannot ${what}: ${why}`);
  const { policy, kinds } = proposal.policy;
  if (policy === 'auto') return [no('it is of the definition, and no person looks at this'), ...faults];
  if (former.kind === 'ask') return [no('what people are asked by the definition stays'), ...faults];
  if (!kinds.includes(former.kind)) return [no(`it is of kind ${former.kind}`), ...faults];
  return faults;
}

/** What a step may be that is proposed. @param edits what it may propose itself: as before, or nothing */
function rightsFaults(
  { before, policy }: Proposal,
  step: PlanStep,
  edits: EditPolicy | undefined,
): EditFault[] {
  const { key, kind, spec } = step;
  const no = (why: string) => notPermitted(key, `step "${key}" ${why}`);
  const agents = agentsFor(before, policy);
  return [
    ...(policy.kinds.includes(kind)
      ? []
      : [no(`is of kind ${kind}; these may be proposed: ${policy.kinds.join(', ')}`)]),
    ...(spec.kind !== 'agent' || agents.includes(spec.agent)
      ? []
      : [no(`names agent "${spec.agent}"; these may be named: ${agents.join(', ') || 'none'}`)]),
    ...(isSame(step.edits, edits) ? [] : [no('may not be given edits of the plan to propose')]),
    ...(step.capability === null ? [] : [no('may not choose its workers (capability)')]),
    ...(readsSecrets(spec as unknown as Json) ? [no('may not read secrets')] : []),
  ];
}

/** What waited for something still waits for it, or for what that waited for where it is gone. */
function looseEnds({ gained }: Proposal, former: Steps, steps: Steps): EditFault[] {
  return [...former.values()].flatMap((one) => {
    const now = steps.get(one.key);
    if (now === undefined || Object.hasOwn(gained, one.key)) return [];
    const lost = one.dependencies
      .flatMap((key) => standingFor(key, former, steps, gained))
      .filter((key) => !now.dependencies.includes(key));
    if (lost.length === 0) return [];
    const why = `step "${one.key}" has to wait for ${lost.join(', ')} as before; leave \`rewire\` out, or name it in \`dependencies\``;
    return [notPermitted(one.key, why)];
  });
}

/** A step that is still there, or those that it waited for. Nobody has to wait for what a proposal has brought. */
function standingFor(key: string, former: Steps, steps: Steps, gained: Gained): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const look = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    if (steps.has(name) && !Object.hasOwn(gained, name)) found.add(name);
    else if (!steps.has(name)) former.get(name)?.dependencies.forEach(look);
  };
  look(key);
  return [...found];
}

/** Cautious: a word that only looks like it in an expression is refused too. */
const SECRETS = /(?<![\w"'`])secrets\b/;

function readsSecrets(node: Json): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(([name, value]) =>
    name === '$expr' && typeof value === 'string' ? SECRETS.test(value) : readsSecrets(value as Json),
  );
}

function notPermitted(step: string | null, why: string): EditFault {
  return { code: 'not_permitted', step, why };
}

const isSame = (left: unknown, right: unknown): boolean =>
  canonicalJson((left ?? null) as Json) === canonicalJson((right ?? null) as Json);
