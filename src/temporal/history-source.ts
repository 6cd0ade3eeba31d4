/**
 * What Temporal tells about executions: histories page by page, descriptions, lists, pollers.
 *
 * Every call has its own deadline and its own AbortController: the SDK ignores a signal that is already aborted, and
 * never takes its listeners off again. Errors are those of gRPC; {@link failureOf} says what they mean here.
 */
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { rethrowKnownErrorTypes } from '@temporalio/client/lib/helpers.js';
import { NamespaceNotFoundError } from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import proto, { type google, type temporal } from '@temporalio/proto';
import type { HeartbeatDetails } from '../protocol/activity.ts';
import { ERRAND } from '../protocol/nodes/errand.ts';
import type { HistoryEvent } from './history-event.ts';
import { payloadConverter } from './payload-converter.ts';

const { HistoryEventFilterType, TaskQueueType, WorkflowExecutionStatus } = proto.temporal.api.enums.v1;
const PAUSED = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED;
const CALL_MS = 5_000;
/** The server answers an empty page after 20 s. */
export const LONG_POLL_MS = 40_000;
const PAGE_EVENTS = 256;
const LIST_PAGE = 1_000;
/** Characters of what a heartbeat says. */
const MOST_TOLD = 500;

export interface ExecutionId {
  readonly runId: string;
  readonly executionId: string;
}

/** Place in a history; opaque. Valid only for the execution it came from. */
export type PageToken = Uint8Array;

export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  /** null: no more history, or the execution was not running at that moment. */
  readonly next: PageToken | null;
}

export interface ListedExecution extends ExecutionId {
  readonly workflowType: string;
  /** ms since 1970; of a reset execution the time of the reset. */
  readonly startMs: number;
}

export interface PendingActivity {
  readonly activityId: string;
  readonly attempt: number;
  readonly state: 'scheduled' | 'started' | 'cancel_requested' | 'paused' | 'unknown';
  readonly worker: string | null;
  readonly lastHeartbeatMs: number | null;
  /** What its heartbeats say that it waits for; null: nothing. */
  readonly wait: HeartbeatDetails | null;
  /** An operator has paused it; null: nobody has. */
  readonly pause: ActivityPause | null;
  readonly options: ActivityOptions;
}

export interface ActivityPause {
  readonly by: string | null;
  readonly reason: string | null;
  readonly sinceMs: number | null;
}

/** As they are in force; operators may change them. Null: no such limit. */
interface ActivityOptions {
  readonly queue: string | null;
  readonly start_to_close_ms: number | null;
  readonly schedule_to_start_ms: number | null;
  readonly schedule_to_close_ms: number | null;
  readonly heartbeat_ms: number | null;
  readonly max_attempts: number | null;
}

export interface Description extends ListedExecution {
  readonly isOpen: boolean;
  /** Paused in Temporal. */
  readonly isHeld: boolean;
  /** Events that its history has. */
  readonly events: number;
  readonly pendingActivities: readonly PendingActivity[];
}

/** What a failed call means for the caller. */
export type CallFailure = 'not_found' | 'ended' | 'stale' | 'away';

const NOT_FOUND = 5;
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const INVALID_ARGUMENT = 3;
const FAILED_PRECONDITION = 9;

/**
 * not_found: there is no such execution (any more); ended: the call's own deadline or abort; stale: the token does not
 * fit, begin anew without one; away: everything else, worth another try.
 */
export function failureOf(error: unknown): CallFailure {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === NOT_FOUND) return isNamespaceMissing(error) ? 'away' : 'not_found';
  if (code === CANCELLED || code === DEADLINE_EXCEEDED) return 'ended';
  if (code === INVALID_ARGUMENT || code === FAILED_PRECONDITION) return 'stale';
  return 'away';
}

/** A server that does not know the namespace (yet) says nothing about executions. */
function isNamespaceMissing(error: unknown): boolean {
  try {
    if (isGrpcServiceError(error)) rethrowKnownErrorTypes(error);
    return false;
  } catch (known) {
    return known instanceof NamespaceNotFoundError;
  }
}

export class HistorySource {
  readonly #connection: Connection;
  readonly #namespace: string;

  constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#namespace = namespace;
  }

  /**
   * A page of an execution's history. Without a token the first, at once; with the token of the last page it waits for
   * what comes next.
   */
  async page(
    execution: ExecutionId,
    token: PageToken | null,
    options: { readonly ms: number; readonly wait: boolean; readonly signal: AbortSignal },
  ): Promise<HistoryPage> {
    const answer = await this.#call(options.ms, options.signal, () =>
      this.#connection.workflowService.getWorkflowExecutionHistory({
        namespace: this.#namespace,
        execution: { workflowId: execution.runId, runId: execution.executionId },
        waitNewEvent: options.wait,
        ...(token === null ? {} : { nextPageToken: token }),
        maximumPageSize: PAGE_EVENTS,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT,
        skipArchival: true,
      }),
    );
    const next = answer.nextPageToken;
    return {
      events: answer.history?.events ?? [],
      next: next == null || next.length === 0 ? null : next,
    };
  }

  /** Everything an execution's history has now. */
  async whole(execution: ExecutionId, signal: AbortSignal): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let token: PageToken | null = null;
    do {
      const page: HistoryPage = await this.page(execution, token, { ms: CALL_MS, wait: false, signal });
      events.push(...page.events);
      token = page.next;
    } while (token !== null);
    return events;
  }

  /** What Temporal has of an execution beside its history. */
  async describe(execution: ExecutionId, signal: AbortSignal): Promise<Description> {
    const answer = await this.#call(CALL_MS, signal, () =>
      this.#connection.workflowService.describeWorkflowExecution({
        namespace: this.#namespace,
        execution: { workflowId: execution.runId, runId: execution.executionId },
      }),
    );
    const info = answer.workflowExecutionInfo;
    return {
      ...execution,
      workflowType: info?.type?.name ?? '',
      startMs: optionalTsToMs(info?.startTime) ?? 0,
      isOpen: info?.closeTime == null,
      isHeld: info?.status === PAUSED,
      events: info?.historyLength?.toNumber() ?? 0,
      pendingActivities: (answer.pendingActivities ?? []).map(pendingActivity),
    };
  }

  /** Runs' executions of a task queue that started at or after `sinceMs` (null: all that Temporal has), page by page. */
  async *list(
    taskQueue: string,
    sinceMs: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<ListedExecution[]> {
    const since = sinceMs === null ? '' : ` AND StartTime >= '${new Date(sinceMs).toISOString()}'`;
    const query = `TaskQueue = '${taskQueue.replaceAll("'", "''")}' AND WorkflowType != '${ERRAND}'${since}`;
    let token: Uint8Array | null = null;
    do {
      const answer = await this.#list(query, token, signal);
      yield (answer.executions ?? []).map(listedExecution);
      token = answer.nextPageToken == null || answer.nextPageToken.length === 0 ? null : answer.nextPageToken;
    } while (token !== null);
  }

  /** Of the namespace itself: one of the same name elsewhere has another. */
  async namespaceId(signal: AbortSignal): Promise<string> {
    const answer = await this.#call(CALL_MS, signal, () =>
      this.#connection.workflowService.describeNamespace({ namespace: this.#namespace }),
    );
    return answer.namespaceInfo?.id ?? '';
  }

  #list(query: string, token: Uint8Array | null, signal: AbortSignal) {
    return this.#call(CALL_MS, signal, () =>
      this.#connection.workflowService.listWorkflowExecutions({
        namespace: this.#namespace,
        query,
        pageSize: LIST_PAGE,
        ...(token === null ? {} : { nextPageToken: token }),
      }),
    );
  }

  /** Has any worker asked this queue for activities lately? */
  async hasPollers(taskQueue: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#call(CALL_MS, signal, () =>
      this.#connection.workflowService.describeTaskQueue({
        namespace: this.#namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      }),
    );
    return (answer.pollers ?? []).length > 0;
  }

  async #call<T>(ms: number, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await this.#connection.withDeadline(Date.now() + ms, () =>
        this.#connection.withAbortSignal(controller.signal, call),
      );
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

function listedExecution(info: temporal.api.workflow.v1.IWorkflowExecutionInfo): ListedExecution {
  return {
    runId: info.execution?.workflowId ?? '',
    executionId: info.execution?.runId ?? '',
    workflowType: info.type?.name ?? '',
    startMs: optionalTsToMs(info.startTime) ?? 0,
  };
}

const STATES: Readonly<Record<number, PendingActivity['state']>> = {
  1: 'scheduled',
  2: 'started',
  3: 'cancel_requested',
  4: 'paused',
  5: 'paused',
};

function pendingActivity(info: temporal.api.workflow.v1.IPendingActivityInfo): PendingActivity {
  return {
    activityId: info.activityId ?? '',
    attempt: info.attempt ?? 1,
    state: STATES[info.state ?? 0] ?? 'unknown',
    worker: info.lastWorkerIdentity ? info.lastWorkerIdentity : null,
    lastHeartbeatMs: optionalTsToMs(info.lastHeartbeatTime) ?? null,
    wait: waitOf(info.heartbeatDetails),
    pause: pauseOf(info),
    options: optionsOf(info.activityOptions),
  };
}

/** Anybody's activity may say anything. */
function waitOf(details: temporal.api.common.v1.IPayloads | null | undefined): HeartbeatDetails | null {
  const [payload] = details?.payloads ?? [];
  if (payload === undefined) return null;
  const told = payloadConverter.fromPayload<Partial<HeartbeatDetails> | null>(payload);
  if (typeof told?.waits_for !== 'string') return null;
  const queue = told.unserved_queue;
  return {
    waits_for: told.waits_for.slice(0, MOST_TOLD),
    ...(typeof queue === 'string' && { unserved_queue: queue.slice(0, MOST_TOLD) }),
  };
}

function pauseOf({ pauseInfo, paused }: temporal.api.workflow.v1.IPendingActivityInfo): ActivityPause | null {
  if (paused !== true && pauseInfo == null) return null;
  const by = pauseInfo?.manual?.identity;
  const reason = pauseInfo?.manual?.reason ?? pauseInfo?.rule?.reason;
  return {
    by: by ? by : null,
    reason: reason ? reason : null,
    sinceMs: optionalTsToMs(pauseInfo?.pauseTime) ?? null,
  };
}

function optionsOf(options: temporal.api.activity.v1.IActivityOptions | null | undefined): ActivityOptions {
  return {
    queue: options?.taskQueue?.name ? options.taskQueue.name : null,
    start_to_close_ms: limitOf(options?.startToCloseTimeout),
    schedule_to_start_ms: limitOf(options?.scheduleToStartTimeout),
    schedule_to_close_ms: limitOf(options?.scheduleToCloseTimeout),
    heartbeat_ms: limitOf(options?.heartbeatTimeout),
    max_attempts: options?.retryPolicy?.maximumAttempts ? options.retryPolicy.maximumAttempts : null,
  };
}

/** Protobuf's zero means that there is none. */
function limitOf(duration: google.protobuf.IDuration | null | undefined): number | null {
  const ms = optionalTsToMs(duration) ?? 0;
  return ms === 0 ? null : ms;
}
