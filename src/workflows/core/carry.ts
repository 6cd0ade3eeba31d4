/**
 * From one execution to the next: the state as plain data in the envelope, and back.
 *
 * Taken only while no activity is open. Timers travel with the time they are due and are set again. Stored results
 * leave their inline copy behind, so the carried state stays small: some 300 bytes a step.
 */
import { jsonBytes } from '../../plan/json.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { INLINE_PLAN_BYTES } from '../../protocol/envelope.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { close, note } from './draft.ts';
import type { Draft } from './draft.ts';
import { planIndex } from './plan-index.ts';
import { carriedResult } from './results.ts';
import type { RunState, StepState, Timer } from './state.ts';

/** What does not travel: it stands elsewhere in the arguments, or is empty by then. */
type Carried = Omit<
  RunState,
  'plan' | 'planSource' | 'inputs' | 'labels' | 'startedBy' | 'open' | 'interpreter'
>;

export function continueAsNew(draft: Draft, plan: Plan): void {
  const { state } = draft;
  const steps: Record<string, StepState> = {};
  for (const [key, step] of Object.entries(draft.steps)) steps[key] = carriedStep(draft, key, step);
  const carried: Carried = {
    phase: state.phase,
    run: state.run,
    startedAt: state.startedAt,
    steps,
    paused: state.paused,
    failure: state.failure,
    cancel: state.cancel,
    timers: lastingTimers(draft),
    seen: state.seen,
    timerSeq: state.timerSeq,
    drain: null,
    nextDrainAt: 0,
    outputAttempt: state.outputAttempt,
  };
  const { name, version, hash } = plan;
  const envelope: Envelope = {
    interpreter: state.interpreter,
    plan: jsonBytes(plan as unknown as Json) <= INLINE_PLAN_BYTES ? plan : { name, version, hash },
    epoch: 0,
    labels: state.labels,
    startedBy: state.startedBy,
    carry: carried as unknown as JsonObject,
  };
  note(draft, { type: 'run_continued' });
  close(draft, { type: 'continue', inputs: state.inputs, envelope: envelope as unknown as Json });
}

/** Timers that only concern the execution that ends stay behind. */
function lastingTimers(draft: Draft): Record<string, Timer> {
  const lasting = Object.entries(draft.timers).filter(
    ([, timer]) => timer.for !== 'drain' && timer.for !== 'yield',
  );
  return Object.fromEntries(lasting);
}

function carriedStep(draft: Draft, key: string, step: StepState): StepState {
  if (step.result === undefined) return step;
  const keep = planIndex(draft).byKey.get(key)?.keep ?? [];
  return { ...step, result: carriedResult(step.result, keep) };
}

/** The state that a carry describes, still without its plan. */
export function restore(envelope: Envelope, inputs: JsonObject): RunState {
  const carried = envelope.carry as unknown as Carried;
  const { interpreter, labels, startedBy } = envelope;
  return { ...carried, interpreter, labels, startedBy, inputs, plan: null, planSource: null, open: {} };
}
