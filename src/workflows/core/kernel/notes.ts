/** What happened in a workflow task, for the record. Only the fold reads it. */
import type { Limits } from '../../../plan/plan.ts';
import type { ToolCall } from '../../../protocol/agent.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { PlanEdit } from '../../../protocol/plan-edit.ts';
import type { Answer, Question, QuestionStatus } from '../../../protocol/question.ts';
import type {
  CommandName,
  Delivery,
  IgnoredCode,
  PauseEnd,
  PauseMode,
  SignalMessage,
} from '../../../protocol/signals.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { StepResult, SuppliedValue } from '../../../protocol/values.ts';
import type { LimitName } from './state.ts';

/**
 * `cause` is the position of the fact that led here in the
 * facts of this task, or null (the start, or the pass as a whole).
 */
export type Note = { readonly cause: number | null } & (
  | { readonly type: 'run_begun' }
  /** The plan is known and the inputs are right; `inputs` with defaults filled in. */
  | { readonly type: 'run_planned' }
  /** The run goes on with another plan. */
  | {
      readonly type: 'plan_edited';
      readonly revision: number;
      readonly version: string;
      readonly hash: string;
      readonly edit: PlanEdit;
      readonly stepCount: number;
      readonly by: string | null;
      readonly reason: string | null;
      /** Steps that were to run anew, and all that do for it; absent: none. */
      readonly rerun?: { readonly named: readonly string[]; readonly again: readonly string[] };
      /** The step that has proposed it; absent: people did it. */
      readonly proposed?: ProposedBy;
    }
  /** What a step that is no agent's has proposed comes to nothing; the step itself completes. */
  | {
      readonly type: 'proposal_refused';
      readonly step: string;
      readonly attempt: number;
      /** null: a person said no, or the machinery failed. */
      readonly code: IgnoredCode | null;
      readonly reason: string;
    }
  /** Nothing new starts. `busy`: steps that something is under way of, and that the pause waits for. */
  | {
      readonly type: 'run_paused';
      readonly reason: string | null;
      readonly by: string | null;
      readonly mode: PauseMode;
      readonly busy: number;
      /** ms since 1970; null = until somebody resumes it. */
      readonly endsAt: number | null;
      readonly onTimeout: PauseEnd;
      /** A pause that was there became stricter; `busy` counts anew. */
      readonly stricter: boolean;
    }
  /** `drained` of the steps that the pause waited for have come to rest; when all have, it holds in every sense. */
  | { readonly type: 'pause_draining'; readonly drained: number; readonly of: number }
  | { readonly type: 'pause_drained'; readonly of: number }
  | {
      readonly type: 'run_resumed';
      readonly reason: string | null;
      readonly by: string | null;
      readonly timedOut: boolean;
    }
  /** `redirected`: another run takes its place once everything has stopped. */
  | {
      readonly type: 'run_cancelling';
      readonly reason: string | null;
      readonly by: string | null;
      readonly redirected: boolean;
    }
  /** The other run is there. */
  | { readonly type: 'run_redirected'; readonly to: string }
  | { readonly type: 'run_completed'; readonly output: StepResult }
  | {
      readonly type: 'run_failed';
      readonly reason: TerminalReason;
      readonly message: string;
      readonly step: string | null;
    }
  | {
      readonly type: 'run_cancelled';
      readonly message: string;
      readonly reason: 'cancelled' | 'redirected';
    }
  | { readonly type: 'continued_as_new' }
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
  /** Somebody outside has done its work, and said so on the way. */
  | {
      readonly type: 'step_done_by';
      readonly step: string;
      readonly attempt: number;
      readonly node: string;
      readonly comments: readonly string[];
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
  /** It was stopped by a pause and starts again, under the same idempotency key, when the run is resumed. */
  | { readonly type: 'step_interrupted'; readonly step: string; readonly attempt: number }
  /** A person has ended a step that was not at work. `result` null: it is skipped. */
  | {
      readonly type: 'step_decided';
      readonly step: string;
      readonly reason: string;
      readonly result: StepResult | null;
    }
  /** The result of a step that had ended is another. What it was stands in its row. */
  | {
      readonly type: 'step_overridden';
      readonly step: string;
      readonly result: StepResult;
      readonly by: string | null;
    }
  /** A person wants it so: the step waits no longer for its next try, or there is none; it is held, or no more. */
  | {
      readonly type: 'step_told';
      readonly step: string;
      readonly what: 'retry_now' | 'last_try' | 'held' | 'released';
      readonly reason: string | null;
      readonly by: string | null;
    }
  /** A person wants it to run anew. What it had come to stands in its row. */
  | {
      readonly type: 'step_anew';
      readonly step: string;
      readonly by: string | null;
      readonly reason: string | null;
    }
  /** A redirected run had this step's result already. It stands in the state. */
  | { readonly type: 'step_taken_over'; readonly step: string; readonly from: string }
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
      /** Older turns are summarised, and why. */
      readonly compacts?: 'near' | 'asked' | 'needed';
    }
  /** The model did not take the conversation: older turns are summarised first. */
  | {
      readonly type: 'agent_too_large';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly error: StepError;
    }
  /** A summary has taken the place of so many entries of the session; they are still there. */
  | {
      readonly type: 'agent_compacted';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly entries: number;
      readonly preview: string;
    }
  /** No summary could be made: the agent goes on without. */
  | {
      readonly type: 'agent_compaction_failed';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly error: StepError;
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
  /** A limit of tokens cut the answer: that of step or run, or any other. `goesOn`: the rest is asked for. */
  | {
      readonly type: 'agent_cut';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly by: 'budget' | 'length';
      readonly goesOn: boolean;
    }
  /** A model call was stopped; what it had said, cut, stays in the session. */
  | {
      readonly type: 'agent_interrupted';
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
      readonly why: 'pause' | 'message';
      readonly preview: string | null;
      /** Hash of the session's entry that it stays in; null when nothing had come. */
      readonly head: string | null;
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
      /** What the model gets. */
      readonly output: SuppliedValue;
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
  /** A person has set limits anew. `step` null = the run's. */
  | {
      readonly type: 'limits_set';
      readonly step: string | null;
      readonly limits: Limits;
      readonly reason: string | null;
      readonly by: string | null;
    }
  /** What an agent had stopped at and asked about is no limit any more: it goes on. */
  | { readonly type: 'limit_lifted'; readonly step: string; readonly segment: number }
  | { readonly type: 'question_asked'; readonly question: Question }
  | { readonly type: 'question_answered'; readonly question: string; readonly answer: Answer }
  | {
      readonly type: 'question_closed';
      readonly question: string;
      readonly status: Exclude<QuestionStatus, 'open'>;
    }
  /** A pause has put off when it expires (ms since 1970). */
  | { readonly type: 'question_postponed'; readonly question: string; readonly expiresAt: number }
  | { readonly type: 'workspace_opening'; readonly generation: number; readonly reason: string | null }
  | {
      readonly type: 'workspace_ready';
      readonly generation: number;
      readonly path: string;
      readonly commit: string | null;
      readonly comment: string;
    }
  | { readonly type: 'workspace_failed'; readonly generation: number; readonly error: StepError }
  /** There is something to be said of a snapshot of its files: what is not in it, or why there is none (null). */
  | {
      readonly type: 'workspace_snapshot';
      readonly generation: number;
      readonly commit: string | null;
      readonly comment: string;
    }
  /** A step of an agent waits for people, or goes on after that. */
  | { readonly type: 'step_asking' | 'step_going_on'; readonly step: string; readonly attempt: number }
  /**
   * A message's receipt. `name` is null when nobody can tell what it was meant to be. `pending`: agents have yet to read
   * it; what becomes of it is noted under its `key`.
   */
  | {
      readonly type: 'command';
      readonly id: string | null;
      readonly name: CommandName | null;
      readonly signal: string;
      readonly status: 'pending' | 'processed' | 'ignored';
      readonly code: IgnoredCode | null;
      readonly reason: string | null;
      readonly content: string | null;
      readonly by: string | null;
      /** What else it asked for; null where there is nothing to tell. */
      readonly details: MessageDetails | null;
      /** Of a pending one: unique among the messages that wait. Else null. */
      readonly key: string | null;
      /** All that it says, as far as it could be read. */
      readonly message: SignalMessage;
    }
  /** An agent gets the message with this turn's model call. */
  | {
      readonly type: 'message_read';
      readonly key: string;
      readonly step: string;
      readonly attempt: number;
      readonly turn: number;
    }
  /** It has answered with the message in its session. */
  | { readonly type: 'message_answered'; readonly key: string; readonly step: string; readonly turn: number }
  /** Nobody has it before him any more. */
  | {
      readonly type: 'message_settled';
      readonly key: string;
      readonly status: 'processed' | 'ignored';
      readonly code: IgnoredCode | null;
      readonly reason: string | null;
    }
);

/** A step, and of an agent the call by which it does so. */
export interface ProposedBy {
  readonly step: string;
  readonly turn: number | null;
  readonly index: number;
}

/** Of a message, where it was given. */
export interface MessageDetails {
  readonly context?: string;
  readonly target?: string;
  readonly delivery?: Delivery;
  readonly expiresMs?: number;
  readonly replaces?: string;
  readonly message?: string;
  readonly mode?: PauseMode;
  readonly task?: string;
  readonly skipTo?: string;
  readonly question?: string;
  readonly max_turns?: number;
  readonly max_tokens?: number;
  readonly max_cost_usd?: number;
  readonly max_duration?: string | number;
}
