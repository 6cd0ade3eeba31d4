/**
 * Temporal's events as the fold reads them.
 *
 * Payloads are decoded by the workflow's own converter and failures are read as the workflow's shell reads the SDK's
 * exceptions, so that the fold sees what the workflow saw. Never throws: what cannot be decoded says so.
 */
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto, { type temporal } from '@temporalio/proto';
import type { RawFailure } from '../protocol/failure.ts';
import { eventIdOf, eventTypeOf } from '../temporal/history-event.ts';
import type { HistoryEvent } from '../temporal/history-event.ts';
import { payloadConverter } from '../temporal/payload-converter.ts';
import { failureOf } from '../workflows/core/index.ts';
import { NOTHING_SAID, type CloseStatus, type Recorded, type RecordedEvent } from './fold/recorded-event.ts';

type Failure = temporal.api.failure.v1.IFailure;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;
type LongId = { toNumber(): number } | null | undefined;
/** What an event says, without what all events have. */
type Content = RecordedEvent extends infer E
  ? E extends RecordedEvent
    ? Omit<E, 'eventId' | 'type' | 'timeMs'>
    : never
  : never;

const { ContinueAsNewInitiator, StartChildWorkflowExecutionFailedCause, WorkflowTaskFailedCause } =
  proto.temporal.api.enums.v1;
const TIMEOUTS = {
  1: 'START_TO_CLOSE',
  2: 'SCHEDULE_TO_START',
  3: 'SCHEDULE_TO_CLOSE',
  4: 'HEARTBEAT',
} as const;

export function decodeEvent(event: HistoryEvent): RecordedEvent {
  const base = {
    eventId: eventIdOf(event),
    type: eventTypeOf(event),
    timeMs: event.eventTime == null ? 0 : tsToMs(event.eventTime),
  };
  return { ...base, ...contentOf(event) } as RecordedEvent;
}

function contentOf(event: HistoryEvent): Content {
  return (
    activityContent(event) ??
    timerContent(event) ??
    childContent(event) ??
    executionContent(event) ??
    otherContent(event)
  );
}

function activityContent(event: HistoryEvent): Content | null {
  const {
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskStartedEventAttributes: started,
    activityTaskCompletedEventAttributes: completed,
    activityTaskFailedEventAttributes: failed,
    activityTaskTimedOutEventAttributes: timedOut,
    activityTaskCanceledEventAttributes: cancelled,
    activityTaskCancelRequestedEventAttributes: requested,
  } = event;
  if (scheduled != null) {
    return {
      kind: 'activity_scheduled',
      activityId: scheduled.activityId ?? '',
      activityType: scheduled.activityType?.name ?? '',
      queue: text(scheduled.taskQueue?.name),
      input: values(scheduled.input)[0],
      completedBy: id(scheduled.workflowTaskCompletedEventId),
    };
  }
  if (started != null) {
    const scheduledEventId = id(started.scheduledEventId);
    return { kind: 'activity_started', scheduledEventId, identity: text(started.identity) };
  }
  if (completed != null) {
    const scheduledEventId = id(completed.scheduledEventId);
    return { kind: 'activity_completed', scheduledEventId, result: values(completed.result)[0] };
  }
  if (failed != null) return activityEnd(id(failed.scheduledEventId), failed.failure);
  if (timedOut != null) return activityEnd(id(timedOut.scheduledEventId), timedOut.failure);
  if (cancelled != null) {
    const scheduledEventId = id(cancelled.scheduledEventId);
    return { kind: 'activity_cancelled', scheduledEventId, details: values(cancelled.details)[0] ?? null };
  }
  if (requested == null) return null;
  const completedBy = id(requested.workflowTaskCompletedEventId);
  return {
    kind: 'activity_cancel_requested',
    scheduledEventId: id(requested.scheduledEventId),
    completedBy,
  };
}

/** A failure that says "cancelled" is a cancellation to the workflow. */
function activityEnd(scheduledEventId: number, failure: Failure | null | undefined): Content {
  const cancelled = failure?.canceledFailureInfo;
  return cancelled == null
    ? { kind: 'activity_failed', scheduledEventId, failure: rawFailure(failure) }
    : { kind: 'activity_cancelled', scheduledEventId, details: values(cancelled.details)[0] ?? null };
}

/** What an activity's failure says, from its event. */
export function rawFailure(failure: Failure | null | undefined): RawFailure {
  if (failure == null) return failureOf({ message: 'undefined' });
  const { timeoutFailureInfo: timeout, applicationFailureInfo: application } = failure;
  return failureOf({
    message: failure.message ?? '',
    timeout: timeout == null ? undefined : { type: TIMEOUTS[timeout.timeoutType as keyof typeof TIMEOUTS] },
    application:
      application == null
        ? undefined
        : { type: application.type ?? '', details: values(application.details)[0] },
    isReset: failure.resetWorkflowFailureInfo != null,
  });
}

function timerContent(event: HistoryEvent): Content | null {
  const {
    timerStartedEventAttributes: started,
    timerFiredEventAttributes: fired,
    timerCanceledEventAttributes: cancelled,
  } = event;
  if (started != null) {
    const ms = started.startToFireTimeout == null ? 0 : tsToMs(started.startToFireTimeout);
    return { kind: 'timer_started', ms, completedBy: id(started.workflowTaskCompletedEventId) };
  }
  if (fired != null) return { kind: 'timer_fired', startedEventId: id(fired.startedEventId) };
  if (cancelled == null) return null;
  return {
    kind: 'timer_cancelled',
    startedEventId: id(cancelled.startedEventId),
    completedBy: id(cancelled.workflowTaskCompletedEventId),
  };
}

const CAUSE = 'START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_';

/** Runs that this one has started. What becomes of them is not its business. */
function childContent(event: HistoryEvent): Content | null {
  const {
    startChildWorkflowExecutionInitiatedEventAttributes: initiated,
    childWorkflowExecutionStartedEventAttributes: started,
    startChildWorkflowExecutionFailedEventAttributes: failed,
  } = event;
  if (initiated != null) {
    return {
      kind: 'child_initiated',
      runId: initiated.workflowId ?? '',
      workflowType: initiated.workflowType?.name ?? '',
      args: values(initiated.input),
      completedBy: id(initiated.workflowTaskCompletedEventId),
    };
  }
  if (started != null) {
    const runId = started.workflowExecution?.workflowId ?? '';
    const executionId = started.workflowExecution?.runId ?? '';
    return { kind: 'child_started', runId, executionId, workflowType: started.workflowType?.name ?? '' };
  }
  if (failed == null) return null;
  const cause = StartChildWorkflowExecutionFailedCause[failed.cause ?? 0] ?? '';
  return { kind: 'child_refused', runId: failed.workflowId ?? '', cause: cause.replace(CAUSE, '') };
}

function executionContent(event: HistoryEvent): Content | null {
  const {
    workflowExecutionStartedEventAttributes: started,
    workflowExecutionSignaledEventAttributes: signaled,
    workflowExecutionCancelRequestedEventAttributes: requested,
    workflowExecutionPausedEventAttributes: held,
    workflowExecutionUnpausedEventAttributes: released,
    workflowTaskStartedEventAttributes: task,
    workflowTaskCompletedEventAttributes: done,
    workflowTaskFailedEventAttributes: failed,
  } = event;
  if (started != null) return startedContent(started);
  if (signaled != null) {
    return {
      kind: 'signaled',
      name: signaled.signalName ?? '',
      payload: values(signaled.input)[0],
      identity: text(signaled.identity),
    };
  }
  if (requested != null) {
    return { kind: 'cancel_requested', cause: text(requested.cause), identity: text(requested.identity) };
  }
  if (held != null) return { kind: 'held', ...holdContent(held) };
  if (released != null) return { kind: 'released', ...holdContent(released) };
  if (task != null) return { kind: 'task_started', continueSuggested: task.suggestContinueAsNew === true };
  if (done != null) return { kind: 'task_completed' };
  if (failed != null) return taskFailedContent(failed);
  return closedContent(event);
}

type HoldAttributes =
  | temporal.api.history.v1.IWorkflowExecutionPausedEventAttributes
  | temporal.api.history.v1.IWorkflowExecutionUnpausedEventAttributes;

function holdContent({ identity, reason, requestId }: HoldAttributes) {
  return { identity: text(identity), reason: text(reason), requestId: text(requestId) };
}

type StartedAttributes = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

function startedContent(started: StartedAttributes): Content {
  const { CONTINUE_AS_NEW_INITIATOR_WORKFLOW: byWorkflow } = ContinueAsNewInitiator;
  const original = text(started.originalExecutionRunId) ?? '';
  return {
    kind: 'started',
    workflowType: started.workflowType?.name ?? '',
    args: values(started.input),
    identity: text(started.identity),
    firstExecutionId: text(started.firstExecutionRunId) ?? original,
    originalExecutionId: original,
    continuedFrom: text(started.continuedExecutionRunId),
    continuedByWorkflow: started.initiator === byWorkflow,
  };
}

type TaskFailedAttributes = temporal.api.history.v1.IWorkflowTaskFailedEventAttributes;

function taskFailedContent(failed: TaskFailedAttributes): Content {
  const isReset =
    failed.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW && failed.newRunId;
  const reset = isReset
    ? {
        newExecutionId: failed.newRunId ?? '',
        reason: text(failed.failure?.message),
        identity: text(failed.identity),
      }
    : null;
  return { kind: 'task_failed', reset };
}

function closedContent(event: HistoryEvent): Content | null {
  const {
    workflowExecutionCompletedEventAttributes: completed,
    workflowExecutionFailedEventAttributes: failed,
    workflowExecutionCanceledEventAttributes: cancelled,
    workflowExecutionTerminatedEventAttributes: terminated,
    workflowExecutionTimedOutEventAttributes: timedOut,
    workflowExecutionContinuedAsNewEventAttributes: continued,
  } = event;
  if (completed != null) {
    const successorId = text(completed.newExecutionRunId);
    return closed('completed', completed, { result: values(completed.result)[0], successorId });
  }
  if (failed != null) {
    const { failure } = failed;
    const failureType = text(failure?.applicationFailureInfo?.type);
    const successorId = text(failed.newExecutionRunId);
    return closed('failed', failed, { failureType, message: text(failure?.message), successorId });
  }
  if (cancelled != null) return closed('cancelled', cancelled, {});
  if (terminated != null) {
    return closed('terminated', null, {
      message: text(terminated.reason),
      identity: text(terminated.identity),
    });
  }
  if (timedOut != null) return closed('timed_out', null, { successorId: text(timedOut.newExecutionRunId) });
  if (continued == null) return null;
  const successorId = text(continued.newExecutionRunId);
  return closed('continued_as_new', continued, { args: values(continued.input), successorId });
}

function closed(
  status: CloseStatus,
  decided: { readonly workflowTaskCompletedEventId?: LongId } | null,
  said: Partial<Recorded<'closed'>>,
): Content {
  const completedBy = decided === null ? null : id(decided.workflowTaskCompletedEventId);
  return { kind: 'closed', status, completedBy, ...NOTHING_SAID, ...said };
}

/** Commands that no Baton workflow gives are known by the task that gave them. */
function otherContent(event: HistoryEvent): Content {
  for (const [name, attributes] of Object.entries(event)) {
    if (!name.endsWith('EventAttributes') || typeof attributes !== 'object' || attributes === null) continue;
    const completedBy = id(
      (attributes as { workflowTaskCompletedEventId?: LongId }).workflowTaskCompletedEventId,
    );
    if (completedBy > 0) return { kind: 'other_command', completedBy };
  }
  return { kind: 'other' };
}

function values(payloads: Payloads): unknown[] {
  return (payloads?.payloads ?? []).map((payload) => payloadConverter.fromPayload<unknown>(payload));
}

function id(long: LongId): number {
  return long?.toNumber() ?? 0;
}

/** Protobuf's empty text means that nothing was said. */
function text(value: string | null | undefined): string | null {
  return value === undefined || value === null || value === '' ? null : value;
}
