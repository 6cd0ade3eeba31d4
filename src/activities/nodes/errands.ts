/**
 * Has errands done: starts the workflow that calls an activity of somebody's worker, and waits for what it comes to. One a
 * worker; its connection is made at the first errand.
 *
 * Work belongs to its key, and Temporal keeps it: an attempt whose worker died leaves its errand where it is, and the next one
 * under the same key finds it under way, or done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
  type Connection,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { messageOf } from '../../errors/errors.ts';
import { ERRAND, errandId, type Errand, type ErrandOutcome } from '../../protocol/nodes/errand.ts';
import type { HeartbeatDetails } from '../../protocol/activity.ts';
import { lazyTemporal, temporalClient, type TemporalTarget } from '../../temporal/connection.ts';
import { HistorySource } from '../../temporal/history-source.ts';
import { StepFailure } from '../step-failure.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { Wanting } from './desk.ts';

/** What is done with an errand: to look whether anybody has it, to wait for it, to take it back. */
interface Reached {
  readonly client: Client;
  readonly connection: Connection;
  readonly source: HistorySource;
}

const IDENTITY = 'baton-errands';
const LOOK_MS = 2_000;
/** An errand ends itself that long after the attempt that wants it, should nobody live to take it back. */
const MARGIN_MS = 10_000;

export class Errands {
  readonly #target: TemporalTarget;
  #reached: Reached | null = null;

  constructor(target: TemporalTarget) {
    this.#target = target;
  }

  /**
   * What came of it.
   *
   * @param tell is told what is missing while nobody takes it up; null: nothing
   * @throws StepFailure `node_lost`, `timeout`; the signal's reason
   */
  async done(
    order: Errand & { readonly key: string },
    wanting: Wanting,
    tell: (missing: HeartbeatDetails | null) => void,
  ): Promise<ErrandOutcome> {
    const { client, source } = this.#reach();
    const { signal } = wanting;
    const over = new AbortController();
    const begun = this.#begin(client, order);
    try {
      const handle = await unlessAborted(begun, signal);
      void lookAfter(source, handle.workflowId, order, tell, AbortSignal.any([signal, over.signal]));
      return await unlessAborted(handle.result(), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failureOf(error, order);
    } finally {
      over.abort();
      if (signal.aborted && wanting.isUnwanted()) void takeBack(begun);
    }
  }

  async close(): Promise<void> {
    await this.#reached?.connection.close();
  }

  #reach(): Reached {
    if (this.#reached !== null) return this.#reached;
    const connection = lazyTemporal(this.#target);
    const client = temporalClient(connection, this.#target, IDENTITY);
    const source = new HistorySource(connection, this.#target.namespace);
    return (this.#reached = { client, connection, source });
  }

  /** Joins it where it is under way or has been done; begins it anew where its machinery has failed. */
  async #begin(client: Client, { key, ...order }: Errand & { readonly key: string }): Promise<Handle> {
    const workflowId = errandId(key);
    try {
      // Where workflows are run only the run knows: this worker may serve a capability and nothing else.
      const { taskQueue } = await client.workflow.getHandle(order.request.run).describe();
      return await client.workflow.start<(order: Errand) => Promise<ErrandOutcome>>(ERRAND, {
        workflowId,
        taskQueue,
        args: [{ ...order, timeoutMs: order.timeoutMs + MARGIN_MS }],
        staticSummary: order.summary,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError))
        throw new StepFailure('node_lost', `Temporal did not take the work: ${messageOf(error)}`);
      return client.workflow.getHandle<(order: Errand) => Promise<ErrandOutcome>>(workflowId);
    }
  }
}

type Handle = WorkflowHandle<(order: Errand) => Promise<ErrandOutcome>>;

/** It may only just be beginning. What cannot be taken back ends at its timeout. */
async function takeBack(begun: Promise<Handle>): Promise<void> {
  try {
    await (await begun).cancel();
  } catch {
    // It has ended, or Temporal is away.
  }
}

/** Says what is missing, until a worker has taken the errand up. Never throws. */
async function lookAfter(
  source: HistorySource,
  runId: string,
  { taskQueue, activity }: Errand,
  tell: (missing: HeartbeatDetails | null) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(LOOK_MS, undefined, { signal });
      const { pendingActivities } = await source.describe({ runId, executionId: '' }, signal);
      const isWaiting = pendingActivities.some(({ state }) => state === 'scheduled');
      if (isWaiting && !(await source.hasPollers(taskQueue, signal)))
        tell({
          waits_for: `a worker for activity ${activity} (task queue ${taskQueue})`,
          unserved_queue: taskQueue,
        });
      else tell(null);
      if (pendingActivities.length > 0 && !isWaiting) return;
    } catch {
      // It is looked at again, unless that is over.
      if (signal.aborted) return;
    }
  }
}

/** Why an errand came to nothing; what its activity said of the work itself is an outcome, and none of this. */
function failureOf(error: unknown, { activity, taskQueue }: Errand): StepFailure {
  const at = `${activity} on ${taskQueue}`;
  if (!(error instanceof WorkflowFailedError))
    return new StepFailure('node_lost', `${at}: Temporal does not tell what came of it: ${messageOf(error)}`);
  const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
  if (cause instanceof CancelledFailure)
    return new StepFailure('node_lost', `${at}: the work was taken back while it was under way.`);
  if (cause instanceof TerminatedFailure)
    return new StepFailure('node_lost', `${at}: its workflow ${ERRAND} was terminated.`);
  if (cause instanceof TimeoutFailure)
    return cause.timeoutType === TimeoutType.HEARTBEAT
      ? new StepFailure('node_lost', `${at}: its worker stopped answering (heartbeat timeout).`)
      : new StepFailure('timeout', `${at}: it was not done in time.`);
  const said = cause instanceof ApplicationFailure ? cause.message : messageOf(cause ?? error);
  return new StepFailure('node_lost', `${at}: ${said}`);
}
