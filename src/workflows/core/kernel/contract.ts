/**
 * The core's contract: facts in, actions and notes out.
 *
 * The core is pure. The workflow's shell hosts it and turns actions into Temporal calls; the projector's fold hosts
 * the same core, feeds it the same facts from history, compares the actions with the events that follow and turns
 * the notes into rows. Neither host may add a decision of its own.
 */
import type { Address } from '../../../plan/address.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { AnySpec, RetryPolicy } from '../../../plan/plan.ts';
import type { LoadPlanInput, StepActivityInput, WorkspaceInput } from '../../../protocol/activity.ts';
import type { ToolActivityInput, TurnInput } from '../../../protocol/agent.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import type { RawFailure, StepError } from '../../../protocol/failure.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { BlobRef } from '../../../protocol/values.ts';
import type { Note } from './notes.ts';
import type { RunState } from './state.ts';

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
  | { readonly type: 'activity_cancelled'; readonly id: string; readonly details: unknown }
  | { readonly type: 'timer_fired'; readonly id: string }
  /** The run that a redirect asked for is there; or Temporal would not start it. */
  | { readonly type: 'successor_started'; readonly id: string }
  | { readonly type: 'successor_refused'; readonly id: string; readonly reason: string };

export type Action =
  | ScheduleAction
  | { readonly type: 'cancel_activity'; readonly id: string }
  | { readonly type: 'start_timer'; readonly id: string; readonly ms: number; readonly summary: string }
  | { readonly type: 'cancel_timer'; readonly id: string }
  | StartRunAction
  | CloseAction;

export interface ScheduleAction {
  readonly type: 'schedule';
  /** Of its owner: see owners.ts. */
  readonly id: string;
  /** Its name: that of a kind of step, or `plan`, `tool`, `workspace`. */
  readonly activity: string;
  /** null = the run's own task queue. */
  readonly queue: string | null;
  readonly summary: string;
  readonly input: StepActivityInput<AnySpec> | LoadPlanInput | TurnInput | ToolActivityInput | WorkspaceInput;
  readonly startToCloseMs: number;
  /** Set where only one worker can do it: that nobody took it up means that this worker is gone. */
  readonly scheduleToStartMs?: number;
  readonly heartbeatMs: number;
}

/** Starts another run, which lives on by itself. One that exists already counts as started. */
export interface StartRunAction {
  readonly type: 'start_run';
  readonly id: string;
  /** Temporal workflow type = definition name. */
  readonly workflow: string;
  readonly version: string;
  readonly summary: string;
  readonly inputs: JsonObject;
  readonly envelope: Envelope;
}

/** At most one, and always the last. Nothing follows it. */
export type CloseAction =
  | { readonly type: 'complete'; readonly output: Json | BlobRef }
  | { readonly type: 'fail'; readonly reason: TerminalReason; readonly message: string }
  /** `requested`: Temporal's own cancel request stands, so the execution can close CANCELED. */
  | {
      readonly type: 'cancelled';
      readonly message: string;
      readonly requested: boolean;
      readonly reason: 'cancelled' | 'redirected';
    }
  | { readonly type: 'continue'; readonly inputs: unknown; readonly envelope: Json };

export interface Advance {
  readonly state: RunState;
  readonly actions: readonly Action[];
  readonly notes: readonly Note[];
}

/** Is told what the core sees while it decides. Nothing follows from it: with and without, a decision is the same. */
export type Watch = (sight: Sight) => void;

export type Sight =
  /** The step's `when` was asked, as everything that it waits for had settled. */
  | { readonly type: 'condition'; readonly step: Address; readonly condition: ConditionSeen }
  /** An attempt of the step had failed. */
  | {
      readonly type: 'judged';
      readonly step: Address;
      readonly error: StepError;
      /** Tries under keys of their own, and failures of the machinery in the present one, this one included. */
      readonly tried: { readonly group: number; readonly infra: number };
      readonly policy: RetryPolicy;
      /** The policy's `if`, where it was asked. */
      readonly condition: ConditionSeen | null;
      readonly next: NextTry;
    };

/** Whether a failed attempt is followed by another: after how long, and by which rule; or why not. */
export type NextTry =
  | { readonly delayMs: number; readonly rule: 'retry' | 'machinery' }
  | { readonly delayMs: null; readonly because: NoFurtherTry };

export type NoFurtherTry =
  /** The failure is of a kind that another try does not mend. */
  | 'not_retryable'
  /** All `attempts` of its `retry` are used, or all tries that failures of the machinery have. */
  | 'used_up'
  /** Its `retry.if` does not hold for this failure, or cannot be evaluated. */
  | 'not_wanted'
  /** The run, or what the step stands in, is ending. */
  | 'ending'
  /** A person wants no further try. */
  | 'told';

/** An expression that was asked, with the values that it read as they were. */
export interface ConditionSeen {
  readonly source: string;
  readonly values: readonly ValueSeen[];
  readonly answer: { readonly value: Json } | { readonly error: string } | { readonly later: true };
}

/** @see ConditionSeen; `value` absent: there was none */
export interface ValueSeen {
  /** As an author writes it: `inputs.branch`, `steps.build.result.exit_code`, `succeeded()`. */
  readonly name: string;
  readonly value?: Json;
}
