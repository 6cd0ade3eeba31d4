/**
 * The plan of a run becomes another: what speaks against it, and how it is done. No step changes that has begun, and nobody
 * who waits for a step loses it. New steps are as if they had always been there; steps that are gone leave no trace in
 * the state. Who wants it, a person or a step, is for others to tell.
 */
import { canonicalJson } from '../../../plan/canonical.ts';
import type { Json, Path } from '../../../plan/json.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Use } from '../../../plan/template.ts';
import { editFaults, planEdit } from '../../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit } from '../../../protocol/plan-edit.ts';
import { keptKey } from '../../../protocol/values.ts';
import { change, changeStep, note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { ProposedBy } from '../kernel/notes.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { RunState, StepState } from '../kernel/state.ts';

/** Of the reasons against an edit, so many are told. */
const MAX_TOLD = 10;

export interface PlanChange {
  readonly before: Plan;
  readonly after: Plan;
  readonly edit: PlanEdit;
  /** All that speaks against it. */
  readonly faults: readonly EditFault[];
}

interface Author {
  readonly by: string | null;
  readonly reason: string | null;
  /** Absent: people do it. */
  readonly proposed?: ProposedBy;
}

/** @param more what else speaks against such an edit */
export function planChange(
  draft: Draft,
  before: Plan,
  after: Plan,
  more: (edit: PlanEdit) => readonly EditFault[] = () => [],
): PlanChange {
  const edit = planEdit(before, after);
  return { before, after, edit, faults: [...faultsOf(draft, before, after, edit), ...more(edit)] };
}

export function reasonsAgainst(faults: readonly EditFault[]): string {
  const told = faults.slice(0, MAX_TOLD).map(({ why }) => why);
  const more = faults.length > MAX_TOLD ? [`and ${faults.length - MAX_TOLD} more`] : [];
  return [...told, ...more].join('; ');
}

function faultsOf(draft: Draft, plan: Plan, wanted: Plan, edit: PlanEdit): readonly EditFault[] {
  const faults = editFaults(plan, wanted, edit, (key) => draft.steps[key]);
  if (faults.length > 0) return faults;
  return [...edit.removed.flatMap((key) => orphansOf(draft, key)), ...lostReferences(draft, plan, wanted)];
}

/** What a person has said to a step is not lost with it. */
function orphansOf(draft: Draft, key: string): EditFault[] {
  const waits = draft.state.inbox.some(
    ({ recipients, target }) => target === key || (recipients?.some(({ step }) => step === key) ?? false),
  );
  if (!waits) return [];
  const why = `step "${key}" cannot be taken out: a message waits for it; withdraw that first`;
  return [{ code: 'would_orphan', step: key, why }];
}

/** Conditions are evaluated by the workflow: of a result that is stored elsewhere they get what was kept of it. */
function lostReferences(draft: Draft, before: Plan, wanted: Plan): EditFault[] {
  const former = new Map(before.steps.map((step) => [step.key, step]));
  const isKept = (use: Use): boolean => {
    if (use.root !== 'steps' || use.field !== 'result') return true;
    const state = draft.steps[use.name];
    return state === undefined || keeps(state, former.get(use.name)?.keep ?? [], use.path);
  };
  return wanted.steps
    .filter((step) => !isSameStep(former.get(step.key), step))
    .flatMap((step) =>
      conditionsOf(step)
        .filter((use) => !isKept(use))
        .map((use) => ({
          code: 'reference_lost' as const,
          step: step.key,
          why: `step "${step.key}" reads ${['steps', use.name, 'result', ...use.path].join('.')} in a condition: of that result, which is stored, this part was not kept`,
        })),
    );
}

function conditionsOf({ when, retry }: PlanStep): readonly Use[] {
  return [...(when?.uses ?? []), ...(retry.if?.uses ?? [])];
}

/** Can the workflow read this part of what the step has resulted in? Of a step that has not ended nobody knows yet. */
function keeps({ status, result, keep }: StepState, asked: readonly Path[], path: Path): boolean {
  if (!isSettled(status) || result === undefined || result.value !== undefined) return true;
  const kept = keep ?? asked;
  const isCovered = kept.some((one) => one.every((part, i) => part === path[i]));
  return isCovered || result.kept?.[keptKey(path)] !== undefined;
}

/** The run has the new plan from here on. Answers its revision. */
export function changePlan(
  draft: Draft,
  { before, after, edit }: PlanChange,
  { by, reason, proposed }: Author,
): number {
  const revision = (draft.state.revision ?? 0) + 1;
  change(draft, { plan: after, revision, ...gainedBy(draft, edit, proposed) });
  for (const key of edit.removed) delete draft.steps[key];
  for (const key of edit.added) draft.steps[key] = newStep();
  rememberKept(draft, before, after);
  const { version, hash, steps } = after;
  note(draft, {
    type: 'plan_edited',
    ...{ revision, version, hash, edit, by, reason },
    stepCount: steps.length,
    ...(proposed === undefined ? {} : { proposed }),
  });
  return revision;
}

/** What a proposal has brought, proposals may change again, until a person has made it his own. */
function gainedBy(
  { state }: Draft,
  edit: PlanEdit,
  proposed: ProposedBy | undefined,
): Pick<RunState, 'gained'> {
  const { gained = {} } = state;
  const { added, changed } = edit;
  if (proposed !== undefined) {
    const fresh = added
      .filter((key) => !Object.hasOwn(gained, key))
      .map((key) => [key, proposed.step] as const);
    return fresh.length === 0 ? {} : { gained: { ...gained, ...Object.fromEntries(fresh) } };
  }
  const owned = new Set([...added, ...changed.map(({ name }) => name)]);
  const left = Object.entries(gained).filter(([key]) => !owned.has(key));
  return left.length === Object.keys(gained).length ? {} : { gained: Object.fromEntries(left) };
}

/** What a result was asked to keep stands with the step, where the new plan would have asked for something else. */
function rememberKept(draft: Draft, before: Plan, plan: Plan): void {
  const asked = new Map(before.steps.map(({ key, keep }) => [key, keep]));
  for (const { key, keep } of plan.steps) {
    const former = asked.get(key);
    const state = draft.steps[key];
    if (former === undefined || state === undefined || state.attempt === 0 || state.keep !== undefined)
      continue;
    if (!isSame(former, keep)) changeStep(draft, key, { keep: former });
  }
}

const isSameStep = (former: PlanStep | undefined, step: PlanStep): boolean =>
  former !== undefined && isSame([former.when, former.retry], [step.when, step.retry]);

const isSame = (left: unknown, right: unknown): boolean =>
  canonicalJson(left as Json) === canonicalJson(right as Json);
