/**
 * What is to be other than it was at a checkpoint when somebody goes on from there: the plan, ends of single steps, limits.
 * Pure. What becomes of the steps then stands in fates.ts.
 */
import type { Address } from '../../../plan/address.ts';
import type { Limits, Plan } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import { planEdit } from '../../../protocol/plan-edit.ts';
import type { EditFault } from '../../../protocol/plan-edit.ts';
import type { WantedFiles } from '../../../protocol/snapshot.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { isSettled, newStep } from '../kernel/state.ts';
import type { RunState, StepState } from '../kernel/state.ts';
import { planFaults, rememberKept } from '../people/another-plan.ts';
import { workspaceWith } from '../steps/files-then.ts';
import { fatesOf } from './fates.ts';

/** The end that a step is given. */
export type GivenEnd = { readonly result: StepResult } | { readonly skipped: string };

export interface Departure {
  readonly plan?: Plan;
  /** Of that plan. */
  readonly revision?: number;
  readonly given?: ReadonlyMap<Address, GivenEnd>;
  readonly limits?: Partial<Limits>;
  /** Of its workspace, in the place of those of then. */
  readonly files?: WantedFiles;
}

/** The state of the checkpoint as it would have been so. */
export function departed(state: RunState, departure: Departure): RunState {
  const { plan, revision, given, limits, files } = departure;
  const planned = plan === undefined ? state : withPlan(state, plan, revision);
  const steps: Record<Address, StepState> = { ...planned.steps };
  for (const [key, end] of given ?? []) steps[key] = endedStep(end);
  const { spent } = planned;
  const limited =
    limits === undefined ? spent : { ...spent, limits: { ...spent.limits, ...limits }, warned: [] };
  const workspace = files === undefined ? planned.workspace : workspaceWith(files);
  return { ...planned, steps, spent: limited, workspace };
}

/** Why the plan cannot be that one: what stays as it was must be the same step. Empty when it can. */
export function departureFaults(
  before: RunState,
  after: RunState,
  wanted: Continuation,
): readonly EditFault[] {
  const { plan: former } = before;
  const { plan } = after;
  if (former === null || plan === null || former.hash === plan.hash) return [];
  const fates = [fatesOf(former, before, wanted).of, fatesOf(plan, after, wanted).of];
  const given = new Set(wanted.restored?.given);
  const steps = Object.entries(before.steps).map(([key, step]) => {
    const stays = fates.some(
      (of) => of.get(key) === 'kept' || (of.get(key) === 'goes_on' && (step.agent?.turns ?? 0) > 0),
    );
    return [key, stays && !given.has(key) ? step : newStep()] as const;
  });
  return planFaults(
    { steps: Object.fromEntries(steps), inbox: before.inbox },
    former,
    plan,
    planEdit(former, plan),
  );
}

function withPlan(state: RunState, plan: Plan, revision = (state.revision ?? 0) + 1): RunState {
  const { scopes: _, ...own } = state;
  const changed = new Set(
    state.plan === null ? [] : planEdit(state.plan, plan).changed.map(({ name }) => name),
  );
  const known: RunState['steps'] =
    state.plan === null ? state.steps : { ...state.steps, ...rememberKept(state.steps, state.plan, plan) };
  const steps = Object.fromEntries(
    plan.steps.map(({ key }) => [key, takenUp(known[key], changed.has(key))] as const),
  );
  const isKnown = (step: Address | null) => step === null || steps[step] !== undefined;
  const questions = Object.entries(state.questions).filter(([, { step }]) => isKnown(step));
  return {
    ...own,
    plan,
    revision,
    steps,
    failure: isKnown(state.failure?.step ?? null) ? state.failure : null,
    questions: Object.fromEntries(questions),
    inbox: state.inbox.map((message) => ({
      ...message,
      recipients: message.recipients?.filter(({ step }) => isKnown(step)) ?? null,
    })),
    timers: Object.fromEntries(Object.entries(state.timers).filter(([, { step }]) => isKnown(step))),
    paused: null,
  };
}

/** What had been sent out of a step that is another now, and had not answered, is not gone on with. */
function takenUp(state: StepState | undefined, isChanged: boolean): StepState {
  return state === undefined || (isChanged && !isSettled(state.status)) ? newStep() : state;
}

/** Nothing has been tried of it here. */
function endedStep(end: GivenEnd): StepState {
  const decided = { ...newStep(), decided: true } as const;
  return 'result' in end
    ? { ...decided, status: 'completed', result: end.result }
    : { ...decided, status: 'skipped', reason: end.skipped };
}
