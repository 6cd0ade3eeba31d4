/**
 * The plan of a run becomes another: what speaks against it, and how it is done. No step changes that has begun, unless it
 * is to run anew, and nobody who waits for a step loses it. New steps are as if they had always been there; steps that are
 * gone leave no trace in the state. Who wants it, a person or a step, is for others to tell.
 */
import type { Plan } from '../../../plan/plan.ts';
import { planEdit } from '../../../protocol/plan-edit.ts';
import type { EditFault, PlanEdit } from '../../../protocol/plan-edit.ts';
import { change, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { ProposedBy } from '../kernel/notes.ts';
import { newStep } from '../kernel/state.ts';
import type { RunState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { anewStep } from '../steps/anew.ts';
import { lostToReruns, planFaults, rememberKept } from './another-plan.ts';
import { beginAnew, rerunOf } from './rerun.ts';

/** Of the reasons against an edit, so many are told. */
const MAX_TOLD = 10;

export interface PlanChange {
  readonly before: Plan;
  readonly after: Plan;
  readonly edit: PlanEdit;
  /** Steps that are wanted to run anew, and all that do for it. */
  readonly rerun: { readonly named: readonly string[]; readonly again: readonly string[] };
  /** All that speaks against it. */
  readonly faults: readonly EditFault[];
}

interface Author {
  readonly by: string | null;
  readonly reason: string | null;
  /** Absent: people do it. */
  readonly proposed?: ProposedBy;
}

interface Wanted {
  /** Steps that are to run anew. */
  readonly named?: readonly string[];
  /** What else speaks against such an edit. */
  readonly more?: (edit: PlanEdit) => readonly EditFault[];
}

export function planChange(
  draft: Draft,
  before: Plan,
  after: Plan,
  { named = [], more = () => [] }: Wanted,
): PlanChange {
  const edit = planEdit(before, after);
  const { again, faults } = rerunOf(draft, before, after, named);
  const change = { before, after, edit, rerun: { named, again } };
  if (faults.length > 0) return { ...change, faults };
  const steps = {
    ...draft.steps,
    ...Object.fromEntries(again.map((key) => [key, anewStep(stepOf(draft, key))])),
  };
  const stands = { steps, inbox: draft.state.inbox };
  const isSame = again.length > 0 && before.hash === after.hash;
  const misfits = isSame ? [] : planFaults(stands, before, after, edit);
  const lost = since(draft.state, 'few_unstored_values') ? lostToReruns(stands, before, after, again) : [];
  return { ...change, faults: [...misfits, ...lost, ...more(edit)] };
}

export function reasonsAgainst(faults: readonly EditFault[]): string {
  const told = faults.slice(0, MAX_TOLD).map(({ why }) => why);
  const more = faults.length > MAX_TOLD ? [`and ${faults.length - MAX_TOLD} more`] : [];
  return [...told, ...more].join('; ');
}

/** The run has the new plan from here on. Answers its revision. */
export function changePlan(
  draft: Draft,
  { before, after, edit, rerun }: PlanChange,
  { by, reason, proposed }: Author,
): number {
  const revision = (draft.state.revision ?? 0) + 1;
  change(draft, { plan: after, revision, ...gainedBy(draft, edit, proposed) });
  for (const key of edit.removed) delete draft.steps[key];
  for (const key of edit.added) draft.steps[key] = newStep();
  Object.assign(draft.steps, rememberKept(draft.steps, before, after));
  const { version, hash, steps } = after;
  note(draft, {
    type: 'plan_edited',
    ...{ revision, version, hash, edit, by, reason },
    stepCount: steps.length,
    ...(rerun.again.length === 0 ? {} : { rerun }),
    ...(proposed === undefined ? {} : { proposed }),
  });
  beginAnew(draft, rerun.again, { by, reason });
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
