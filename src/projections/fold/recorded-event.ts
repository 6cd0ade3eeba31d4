/**
 * An event of a Temporal history as the fold needs it: plain data, decoded, without the SDK.
 *
 * Kinds that the fold has no use for are `other`; they are stored all the same. `completedBy` is the event id of the
 * WORKFLOW_TASK_COMPLETED whose command led to the event.
 */
import type { RawFailure } from '../../protocol/failure.ts';

interface Base {
  readonly eventId: number;
  /** Temporal's name without `EVENT_TYPE_`. */
  readonly type: string;
  /** Event time in ms since 1970. Not ordered: only `eventId` is. */
  readonly timeMs: number;
}

/** How an execution ended. */
export type CloseStatus =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed_out'
  | 'continued_as_new';

export type RecordedEvent = Base &
  (
    | {
        readonly kind: 'started';
        readonly workflowType: string;
        readonly args: readonly unknown[];
        readonly identity: string | null;
        readonly firstExecutionId: string;
        /** Not the execution's own id: its first events are the copy of another's (a reset). */
        readonly originalExecutionId: string;
        /** The execution that continued as new, or was retried, as this one. */
        readonly continuedFrom: string | null;
        /** Continued by the workflow itself, not by a retry or a schedule. */
        readonly continuedByWorkflow: boolean;
      }
    | { readonly kind: 'task_started'; readonly continueSuggested: boolean }
    | { readonly kind: 'task_completed' }
    | {
        readonly kind: 'task_failed';
        /** Present where the copied part of a reset execution ends. */
        readonly reset: {
          readonly newExecutionId: string;
          readonly reason: string | null;
          readonly identity: string | null;
        } | null;
      }
    | {
        readonly kind: 'signaled';
        readonly name: string;
        readonly payload: unknown;
        readonly identity: string | null;
      }
    /** Temporal's own pause, or its end: no workflow task until then. */
    | {
        readonly kind: 'held' | 'released';
        readonly identity: string | null;
        readonly reason: string | null;
        /** Chosen by whoever asked for it. */
        readonly requestId: string | null;
      }
    | { readonly kind: 'cancel_requested'; readonly cause: string | null; readonly identity: string | null }
    | {
        readonly kind: 'activity_scheduled';
        readonly activityId: string;
        readonly activityType: string;
        /** Task queue. */
        readonly queue: string | null;
        readonly input: unknown;
        readonly completedBy: number;
      }
    | {
        readonly kind: 'activity_started';
        readonly scheduledEventId: number;
        readonly identity: string | null;
      }
    | { readonly kind: 'activity_completed'; readonly scheduledEventId: number; readonly result: unknown }
    | { readonly kind: 'activity_failed'; readonly scheduledEventId: number; readonly failure: RawFailure }
    | {
        readonly kind: 'activity_cancelled';
        readonly scheduledEventId: number;
        /** What the activity said all the same, such as what it had consumed. */
        readonly details: unknown;
      }
    | {
        readonly kind: 'activity_cancel_requested';
        readonly scheduledEventId: number;
        readonly completedBy: number;
      }
    | { readonly kind: 'timer_started'; readonly ms: number; readonly completedBy: number }
    | { readonly kind: 'timer_fired'; readonly startedEventId: number }
    | { readonly kind: 'timer_cancelled'; readonly startedEventId: number; readonly completedBy: number }
    | {
        readonly kind: 'closed';
        readonly status: CloseStatus;
        /** null when nobody decided it in a workflow task: terminated, timed out. */
        readonly completedBy: number | null;
        /** completed: the workflow's result. */
        readonly result: unknown;
        /** failed: type and message of the failure; terminated: the operator's reason as message. */
        readonly failureType: string | null;
        readonly message: string | null;
        readonly identity: string | null;
        /** continued_as_new: arguments of the next execution. */
        readonly args: readonly unknown[];
        /** The execution that follows by itself. */
        readonly successorId: string | null;
      }
    | {
        readonly kind: 'child_initiated';
        /** Workflow id of the run that is to be started. */
        readonly runId: string;
        readonly workflowType: string;
        readonly args: readonly unknown[];
        readonly completedBy: number;
      }
    | {
        readonly kind: 'child_started';
        readonly runId: string;
        readonly executionId: string;
        readonly workflowType: string;
      }
    /** `cause`: Temporal's name for it. */
    | { readonly kind: 'child_refused'; readonly runId: string; readonly cause: string }
    /** A command that no Baton workflow gives. */
    | { readonly kind: 'other_command'; readonly completedBy: number }
    | { readonly kind: 'other' }
  );

/** Events of one kind. */
export type Recorded<K extends RecordedEvent['kind']> = Extract<RecordedEvent, { readonly kind: K }>;

/** What a close says that has no more to say than how it ended. */
export const NOTHING_SAID = {
  result: undefined,
  failureType: null,
  message: null,
  identity: null,
  args: [],
  successorId: null,
} as const satisfies Partial<Recorded<'closed'>>;
