/**
 * The core's contract: facts in, actions and notes out.
 *
 * The core is pure. The workflow's shell hosts it and turns actions into Temporal calls; the projector's fold hosts
 * the same core, feeds it the same facts from history, compares the actions with the events that follow and turns
 * the notes into rows. Neither host may add a decision of its own.
 */
import type { Json } from '../../plan/json.ts';
import type { Limits, StepKind } from '../../plan/plan.ts';
import type { LoadPlanInput, StepActivityInput, WorkspaceInput } from '../../protocol/activity.ts';
import type { ToolActivityInput, ToolCall, TurnInput } from '../../protocol/agent.ts';
import type { Answer, Question, QuestionStatus } from '../../protocol/question.ts';
import type { RawFailure, StepError } from '../../protocol/failure.ts';
import type { BlobRef, StepResult } from '../../protocol/values.ts';
import type { CommandName } from '../../protocol/signals.ts';
import type { LimitName, RunState } from './state.ts';
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
  /** `key#attempt`, of agents `key#attempt/turn` and `key#attempt/turn.index`; `plan` for the loader, `$workspace#n`, `$outputs#attempt` for outputs that the workflow cannot evaluate itself. */
  readonly id: string;
  readonly activity: StepKind | 'plan' | 'tool' | 'workspace';
  /** null = the run's own task queue. */
  readonly queue: string | null;
  readonly summary: string;
  readonly input: StepActivityInput | LoadPlanInput | TurnInput | ToolActivityInput | WorkspaceInput;
  readonly startToCloseMs: number;
  /** Set where only one worker can do it: that nobody took it up means that this worker is gone. */
  readonly scheduleToStartMs?: number;
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
  /** A closed run goes on, in a new epoch. */
  | {
      readonly type: 'run_reopened';
      readonly by: string | null;
      readonly message: string | null;
      readonly steps: readonly string[];
    }
  /** A turn's model call is dispatched. `model` null = the worker's default. */
  | {
      readonly type: 'agent_turn';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly segment: number;
      readonly model: string | null;
      readonly activityId: string;
    }
  /** The next turn asks another model, because this one failed. */
  | {
      readonly type: 'agent_fallback';
      readonly step: string;
      readonly attempt: number;
      readonly from: string | null;
      readonly to: string;
      readonly error: StepError;
    }
  /** The answer did not fit its schema and is asked for again. */
  | {
      readonly type: 'agent_corrected';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly correction: string;
    }
  /** A tool's call is dispatched, or settled by the workflow itself (`activityId` null). */
  | {
      readonly type: 'tool_called';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly index: number;
      readonly call: ToolCall;
      readonly activityId: string | null;
    }
  | {
      readonly type: 'tool_answered';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly index: number;
      readonly name: string;
      readonly isError: boolean;
      readonly preview: string;
      /** In a person's words. */
      readonly comment: string;
    }
  | {
      readonly type: 'segment_started';
      readonly step: string;
      readonly segment: number;
      readonly limits: Limits;
      readonly message: string | null;
      readonly by: string | null;
    }
  /** 80 % of a limit is used. `step` null = the run's. Money in micro-dollars, time in ms. */
  | {
      readonly type: 'limit_near' | 'limit_reached';
      readonly step: string | null;
      readonly limit: LimitName;
      readonly used: number;
      readonly of: number;
    }
  | { readonly type: 'question_asked'; readonly question: Question }
  | { readonly type: 'question_answered'; readonly question: string; readonly answer: Answer }
  | {
      readonly type: 'question_closed';
      readonly question: string;
      readonly status: Exclude<QuestionStatus, 'open'>;
    }
  | { readonly type: 'workspace_opening'; readonly generation: number; readonly reason: string | null }
  | {
      readonly type: 'workspace_ready';
      readonly generation: number;
      readonly path: string;
      readonly commit: string | null;
      readonly comment: string;
    }
  | { readonly type: 'workspace_failed'; readonly generation: number; readonly error: StepError }
  /** A step of an agent waits for people, or goes on after that. */
  | { readonly type: 'step_asking' | 'step_going_on'; readonly step: string; readonly attempt: number }
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
