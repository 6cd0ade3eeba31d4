/**
 * The service's way to Temporal. Every call has a deadline, so that a server that is away costs a caller seconds and not
 * a minute of retries. Nothing is read here for screens: describe serves only runs that are not yet projected.
 */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';
import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal.js';
import { ConflictError, messageOf, UnavailableError } from '../../errors/errors.ts';
import { jsonBytes, type Json } from '../../plan/json.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { ARGUMENTS_BYTES } from '../../protocol/values.ts';
import type { RunInputs } from '../../protocol/activity.ts';
import { BATCH_SIGNAL, type SignalMessage } from '../../protocol/signals.ts';
import { diskFull } from './disk-full.ts';

/** Longest a call may take, retries included. */
const CALL_MS = 5_000;
/** The same for calls that only look. */
const QUICK_MS = 2_000;

/** Temporal takes 400 bytes; a character has at most four. */
const MAX_SUMMARY_CHARS = 100;
/** Of the reason that stands in Temporal's own request; the whole text travels in the message. */
const MAX_REASON_CHARS = 500;

interface StartRequest {
  readonly runId: string;
  readonly workflow: string;
  readonly inputs: RunInputs;
  readonly envelope: Envelope;
  readonly memo: Readonly<Record<string, unknown>>;
  /** One line for operators. */
  readonly summary: string;
  /** The id is that of a run that has closed, and goes on in a further execution. */
  readonly again?: boolean;
  /**
   * Whatever is open under the id is ended for the new execution, both at once or neither. The same text starts one only,
   * also when it comes twice at the same time.
   */
  readonly replacing?: string;
}

/** `id` stands with what came of it in the run's history. */
interface ReleaseRequest {
  readonly id: string;
  readonly by: string | null;
  readonly reason: string | null;
}

/** What Temporal says of the newest execution under a run id. */
export interface Described {
  readonly executionId: string;
  readonly workflow: string;
  readonly open: boolean;
  readonly startedAt: Date;
  readonly memo: Readonly<Record<string, unknown>>;
}

export interface Engine {
  /** Starts the run; ConflictError `state_too_large`; false when its id was used before, or, with `again`, is that of an open run. */
  start(request: StartRequest): Promise<{ readonly executionId: string } | false>;
  /** False when no open run has this id. @param executionId only if it is that one */
  signal(runId: string, messages: readonly SignalMessage[], executionId?: string): Promise<boolean>;
  /** Temporal's own cancel request; false when no open run has this id. */
  requestCancel(runId: string, reason: string | null): Promise<boolean>;
  /** Takes back Temporal's own pause, if there is one; false when no open run has this id. */
  release(runId: string, request: ReleaseRequest): Promise<boolean>;
  /** Nothing for an id that is unknown, or that belongs to somebody else's task queue. */
  describe(runId: string): Promise<Described | undefined>;
  /** Throws when Temporal or the namespace cannot be reached. */
  ping(): Promise<void>;
}

/** @throws UnavailableError `temporal_unavailable` from every method while Temporal does not answer, `disk_full` */
export function createEngine(client: Client, taskQueue: string): Engine {
  const call = <T>(work: () => Promise<T>, ms = CALL_MS) =>
    reached(client.withDeadline(Date.now() + ms, work));
  return {
    start: async (request) => {
      assertTravels(request);
      return call(() => start(client, taskQueue, request));
    },
    signal: (runId, messages, executionId) =>
      call(() => whenFound(client.workflow.getHandle(runId, executionId).signal(BATCH_SIGNAL, { messages }))),
    requestCancel: (runId, reason) => call(() => whenFound(requestCancel(client, runId, reason))),
    release: (runId, request) => call(() => whenFound(release(client, runId, request))),
    describe: (runId) => call(() => describe(client, taskQueue, runId), QUICK_MS),
    ping: () => call(() => ping(client), QUICK_MS),
  };
}

/** A state that was carried here goes in one payload; a larger one would be refused in a way that looks like an outage. */
function assertTravels({ runId, inputs, envelope }: StartRequest): void {
  if (envelope.carry === undefined) return;
  const bytes = jsonBytes(inputs) + jsonBytes(envelope as unknown as Json);
  if (bytes <= ARGUMENTS_BYTES) return;
  const message = `The state that run "${runId}" would begin with has ${bytes} bytes, and at most ${ARGUMENTS_BYTES} reach it. Start it anew.`;
  throw new ConflictError('state_too_large', message);
}

async function start(client: Client, taskQueue: string, request: StartRequest) {
  try {
    const handle = await client.workflow.start(request.workflow, {
      workflowId: request.runId,
      taskQueue,
      args: [request.inputs, request.envelope],
      ...(request.replacing === undefined
        ? { workflowIdConflictPolicy: 'FAIL' }
        : {
            workflowIdConflictPolicy: 'TERMINATE_EXISTING',
            // There is no public option for it.
            [InternalWorkflowStartOptionsSymbol]: { requestId: request.replacing },
          }),
      workflowIdReusePolicy: request.again === true ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      memo: { ...request.memo },
      staticSummary: cut(request.summary, MAX_SUMMARY_CHARS),
    });
    return { executionId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

async function requestCancel(client: Client, runId: string, reason: string | null): Promise<void> {
  await client.workflowService.requestCancelWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: runId },
    identity: client.options.identity,
    requestId: crypto.randomUUID(),
    reason: cut(reason ?? '', MAX_REASON_CHARS),
  });
}

/**
 * A pause that came while a workflow task was under way leaves a run that Temporal calls running, does not let go on, and
 * does not unpause; it is paused anew for that.
 */
async function release(client: Client, runId: string, request: ReleaseRequest): Promise<void> {
  const { namespace, identity } = client.options;
  const shared = { namespace, workflowId: runId, identity: request.by ?? identity };
  const reason = cut(request.reason ?? '', MAX_REASON_CHARS);
  const unpause = () =>
    client.workflowService.unpauseWorkflowExecution({ ...shared, reason, requestId: request.id });
  try {
    await unpause();
  } catch (error) {
    if (grpcCodeOf(error) !== GRPC.FAILED_PRECONDITION) throw error;
    const found = await client.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId: runId },
    });
    if (found.workflowExtendedInfo?.pauseInfo == null) return;
    await client.workflowService.pauseWorkflowExecution({
      ...shared,
      reason: 'so that the pause can be taken back',
      requestId: `${request.id}/again`,
    });
    await unpause();
  }
}

async function describe(client: Client, taskQueue: string, runId: string): Promise<Described | undefined> {
  try {
    const found = await client.workflow.getHandle(runId).describe();
    if (found.taskQueue !== taskQueue) return undefined;
    return {
      executionId: found.runId,
      workflow: found.type,
      open: found.status.name === 'RUNNING' || found.status.name === 'PAUSED',
      startedAt: found.startTime,
      memo: found.memo ?? {},
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function ping(client: Client): Promise<void> {
  await client.workflowService.describeNamespace({ namespace: client.options.namespace });
}

function cut(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

async function whenFound(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function reached<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (saysDiskFull(error)) throw diskFull(error);
    const code = grpcCodeOf(error);
    if (code === undefined || !AWAY.has(code)) throw error;
    const why = 'Temporal cannot be reached, or has too much to do. Try again.';
    throw new UnavailableError('temporal_unavailable', why, { cause: error });
  }
}

const GRPC = {
  CANCELLED: 1,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNAVAILABLE: 14,
} as const;
/** Statuses after which the same call may work later. */
const AWAY: ReadonlySet<number> = new Set([
  GRPC.CANCELLED,
  GRPC.DEADLINE_EXCEEDED,
  GRPC.RESOURCE_EXHAUSTED,
  GRPC.UNAVAILABLE,
]);

function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCodeOf(error) === GRPC.NOT_FOUND;
}

/** Temporal has no code for it: the words of SQLite and of Postgres under it stand in its message. */
function saysDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isGrpcServiceError(at) && /disk is full|no space left on device/i.test(messageOf(at))) return true;
  }
  return false;
}

/** The gRPC status of an error or of one of its causes. */
function grpcCodeOf(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (isGrpcServiceError(at)) return at.code;
  return undefined;
}
