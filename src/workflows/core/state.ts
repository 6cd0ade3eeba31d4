/** The run's state: plain data, replaced and never changed, equal in the workflow and in the fold. */
import type { Plan } from '../../plan/plan.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { LoadPlanInput } from '../../protocol/activity.ts';
import type { StepError } from '../../protocol/failure.ts';
import type { StepResult } from '../../protocol/values.ts';
import type { TerminalReason } from '../../protocol/terminal-reason.ts';

export type StepStatus =
  'pending' | 'running' | 'waiting' | 'retrying' | 'completed' | 'failed' | 'skipped' | 'cancelled';

/**
 * A step's life:
 *
 *     pending ──▶ running | waiting ──▶ completed
 *        │            │  ▲                failed      (retries used up, onError: fail or continue)
 *        │            ▼  │                cancelled   (the run fails fast or is cancelled)
 *        │         retrying
 *        └──▶ skipped | cancelled
 *
 * `running` means dispatched; whether a worker has it is volatile knowledge and stands elsewhere.
 */
export interface StepState {
  readonly status: StepStatus;
  /** Number of the last try; 0 = none yet. */
  readonly attempt: number;
  /** TASK tries; equal for all INFRA retries of one try. */
  readonly group: number;
  /** INFRA failures so far in this group. */
  readonly infra: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly result?: StepResult;
  readonly error?: StepError;
  /** Why it was skipped or cancelled. */
  readonly reason?: string;
  /** It failed, but `onError: continue` lets the run go on as if it had succeeded. */
  readonly tolerated?: true;
}

interface PauseState {
  readonly requestedAt: number;
  readonly reason: string | null;
  readonly by: string | null;
  readonly drained: boolean;
  readonly onTimeout: 'resume' | 'cancel';
  /** Name of the timer that ends it, or null. */
  readonly timer: string | null;
}

export interface RunState {
  readonly interpreter: number;
  /**
   * loading: no plan yet (an operator started it, or the plan is large); running: steps go;
   * outputs: all steps are settled, an activity puts the output together; cancelling: everything open is being
   * stopped; closed: a close action was given.
   */
  readonly phase: 'loading' | 'running' | 'outputs' | 'cancelling' | 'closed';
  readonly run: { readonly id: string; readonly workflow: string; readonly epoch: string };
  readonly plan: Plan | null;
  /** What the loader is asked for while there is no plan. */
  readonly planSource: LoadPlanInput | null;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly startedBy: string | null;
  readonly startedAt: number;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly paused: PauseState | null;
  /** The first failure nobody tolerated: with `failure: fast` it stops what is not asked for by status. */
  readonly failure: { readonly step: string; readonly error: StepError } | null;
  readonly cancel: {
    readonly reason: string | null;
    readonly by: string | null;
    /** Temporal's own request has arrived. */
    readonly requested: boolean;
    readonly terminal: TerminalReason;
  } | null;
  /** Activities under way: id → step key (or `$plan`, `$outputs`). */
  readonly open: Readonly<Record<string, string>>;
  /** Timers under way: id → what for, and when (ms since 1970), so that continue-as-new can set them again. */
  readonly timers: Readonly<Record<string, Timer>>;
  /** Ids of commands that counted, oldest first, bounded. */
  readonly seen: readonly string[];
  /** Serial number for timers. */
  readonly timerSeq: number;
  /** While set, nothing new starts, so that the execution can continue as new; a timer of this name gives up. */
  readonly drain: string | null;
  /** No further drain before history has this many events. */
  readonly nextDrainAt: number;
  /** Attempts of the `outputs` activity. */
  readonly outputAttempt: number;
}

/**
 * retry, wait: a step's; pause: the pause ends by itself; request: a cancel message waits for Temporal's own request;
 * grace: a cancellation that does not end by itself is ended; timeout: the run's; drain: the wait for
 * continue-as-new is given up; yield: the rest of a too large task follows in the next; outputs: the retry of that.
 */
export type TimerPurpose =
  'retry' | 'wait' | 'pause' | 'request' | 'grace' | 'timeout' | 'drain' | 'yield' | 'outputs';

export interface Timer {
  readonly for: TimerPurpose;
  readonly step: string | null;
  readonly dueAt: number;
}

/** True once nothing more will happen to the step. */
export function isSettled(status: StepStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

/** True for a step that succeeded, or failed without anybody minding. */
export function isGood(step: StepState): boolean {
  return step.status === 'completed' || (step.status === 'failed' && step.tolerated === true);
}
