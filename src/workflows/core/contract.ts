/**
 * The core's contract: facts in, actions and notes out.
 *
 * The core is pure. The workflow's shell hosts it and turns actions into Temporal calls; the projector's fold hosts
 * the same core, feeds it the same facts from history, compares the actions with the events that follow and turns
 * the notes into rows. Neither host may add a decision of its own.
 */
import type { Json } from '../../plan/json.ts';
import type { StepKind } from '../../plan/plan.ts';
import type { LoadPlanInput, StepActivityInput } from '../../protocol/activity.ts';
import type { RawFailure, StepError } from '../../protocol/failure.ts';
import type { BlobRef, StepResult } from '../../protocol/values.ts';
import type { CommandName } from '../../protocol/signals.ts';
import type { RunState } from './state.ts';
import type { TerminalReason } from '../../protocol/terminal-reason.ts';

/** One workflow task. The same for all facts of that task. */
export interface Moment {
  /** Time of WORKFLOW_TASK_STARTED in ms since 1970. */
  readonly now: number;
  /** Event id of WORKFLOW_TASK_STARTED. */
  readonly historyLength: number;
  /** Temporal suggests to continue as new. */
  readonly continueSuggested: boolean;
}

/** What the workflow execution was started with. */
export interface Start {
  readonly runId: string;
  /** Temporal workflow type = definition name. */
  readonly workflow: string;
  /** First execution of the chain: tells an operator's restart under the same run id from its predecessor. */
  readonly firstExecutionId: string;
  /** First argument as it came; validated by the core. */
  readonly inputs: unknown;
  /** Second argument as it came, or undefined. */
  readonly envelope: unknown;
}

export type Fact =
  | { readonly type: 'signal'; readonly name: string; readonly payload: unknown }
  | { readonly type: 'cancel_requested' }
  | { readonly type: 'activity_completed'; readonly id: string; readonly result: unknown }
  | { readonly type: 'activity_failed'; readonly id: string; readonly failure: RawFailure }
  | { readonly type: 'activity_cancelled'; readonly id: string }
  | { readonly type: 'timer_fired'; readonly id: string };

export type Action =
  | ScheduleAction
  | { readonly type: 'cancel_activity'; readonly id: string }
  | { readonly type: 'start_timer'; readonly id: string; readonly ms: number; readonly summary: string }
  | { readonly type: 'cancel_timer'; readonly id: string }
  | CloseAction;

export interface ScheduleAction {
  readonly type: 'schedule';
  /** `key#attempt`; `plan` for the loader, `$outputs#attempt` for outputs that the workflow cannot evaluate itself. */
  readonly id: string;
  readonly activity: StepKind | 'plan';
  /** null = the run's own task queue. */
  readonly queue: string | null;
  readonly summary: string;
  readonly input: StepActivityInput | LoadPlanInput;
  readonly startToCloseMs: number;
  readonly heartbeatMs: number;
}

/** At most one, and always the last. Nothing follows it. */
export type CloseAction =
  | { readonly type: 'complete'; readonly output: Json | BlobRef }
  | { readonly type: 'fail'; readonly reason: TerminalReason; readonly message: string }
  /** `requested`: Temporal's own cancel request stands, so the execution can close CANCELED. */
  | { readonly type: 'cancelled'; readonly message: string; readonly requested: boolean }
  | { readonly type: 'continue'; readonly inputs: unknown; readonly envelope: Json };

/**
 * What happened, for the record. Only the fold reads these. `cause` is the position of the fact that led here in the
 * facts of this task, or null (the start, or the pass as a whole).
 */
export type Note = { readonly cause: number | null } & (
  | { readonly type: 'run_started' }
  /** The plan is known and the inputs are right; `inputs` with defaults filled in. */
  | { readonly type: 'run_planned' }
  | { readonly type: 'run_paused'; readonly reason: string | null; readonly by: string | null }
  /** Nothing is open any more: the pause holds in every sense. */
  | { readonly type: 'pause_drained' }
  | {
      readonly type: 'run_resumed';
      readonly reason: string | null;
      readonly by: string | null;
      readonly timedOut: boolean;
    }
  | { readonly type: 'run_cancelling'; readonly reason: string | null; readonly by: string | null }
  | { readonly type: 'run_completed'; readonly output: StepResult }
  | {
      readonly type: 'run_failed';
      readonly reason: TerminalReason;
      readonly message: string;
      readonly step: string | null;
    }
  | { readonly type: 'run_cancelled'; readonly message: string }
  | { readonly type: 'run_continued' }
  | {
      readonly type: 'step_started';
      readonly step: string;
      readonly attempt: number;
      readonly activityId: string | null;
    }
  | {
      readonly type: 'step_waiting';
      readonly step: string;
      readonly attempt: number;
      readonly untilMs: number;
    }
  | {
      readonly type: 'step_retrying';
      readonly step: string;
      readonly attempt: number;
      readonly error: StepError;
      readonly delayMs: number;
    }
  /** `error` is present when a fallback took the place of a result. */
  | {
      readonly type: 'step_completed';
      readonly step: string;
      readonly attempt: number;
      readonly result: StepResult;
      readonly error?: StepError;
    }
  | {
      readonly type: 'step_failed';
      readonly step: string;
      readonly attempt: number;
      readonly error: StepError;
      readonly tolerated: boolean;
    }
  | { readonly type: 'step_skipped'; readonly step: string; readonly reason: string }
  | {
      readonly type: 'step_cancelled';
      readonly step: string;
      readonly attempt: number;
      readonly reason: string;
    }
  /** A command's receipt. `name` is null when nobody can tell what it was meant to be. */
  | {
      readonly type: 'command';
      readonly id: string | null;
      readonly name: CommandName | null;
      readonly signal: string;
      readonly status: 'processed' | 'ignored';
      readonly reason: string | null;
      readonly content: string | null;
      readonly by: string | null;
    }
);

export interface Advance {
  readonly state: RunState;
  readonly actions: readonly Action[];
  readonly notes: readonly Note[];
}
