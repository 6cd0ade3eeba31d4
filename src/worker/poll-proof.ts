/** Whether this worker's polls reach Temporal: Temporal itself is asked, again and again, who polls its queues. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import { messageOf } from '../errors/errors.ts';

const EVERY_MS = 10_000;
const DEADLINE_MS = 5_000;
/** A poll that finds nothing lasts a minute. */
const POLL_MS = 75_000;
/** So long an answer counts. */
const FRESH_MS = 30_000;

/** temporal.api.enums.v1.TaskQueueType */
const QUEUE_TYPE = { workflows: 1, activities: 2 } as const;
export type Serves = keyof typeof QUEUE_TYPE;

export interface Polled {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly identity: string;
  readonly serves: readonly Serves[];
}

export class PollProof {
  readonly #polled: Polled;
  #provenMs = Number.NEGATIVE_INFINITY;
  #missing: string | null = 'the worker starts';

  constructor(polled: Polled) {
    this.#polled = polled;
  }

  /** What is missing; null while all is well. */
  missing(): string | null {
    if (performance.now() - this.#provenMs <= FRESH_MS) return null;
    return this.#missing ?? `Temporal has not been heard of for ${FRESH_MS / 1000} s`;
  }

  /** Looks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      // Often until the first poll has arrived.
      const pause = this.missing() === null ? EVERY_MS : 250;
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { connection, namespace, taskQueue, identity, serves } = this.#polled;
    try {
      for (const role of serves) {
        const { pollers } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
          connection.workflowService.describeTaskQueue({
            namespace,
            taskQueue: { name: taskQueue },
            taskQueueType: QUEUE_TYPE[role],
          }),
        );
        const seen = pollers.filter((poller) => poller.identity === identity).map(lastSeen);
        if (Date.now() - Math.max(0, ...seen) > POLL_MS)
          throw new Error(`no poll of this worker for ${role} has reached Temporal for ${POLL_MS / 1000} s`);
      }
      this.#provenMs = performance.now();
      this.#missing = null;
    } catch (error) {
      this.#missing = messageOf(error);
    }
  }
}

function lastSeen({ lastAccessTime }: { lastAccessTime?: { seconds?: unknown } | null }): number {
  return Number(lastAccessTime?.seconds ?? 0) * 1000;
}
