/** What a worker does about threads of workflows that hang or die: log, count, record, and give up at last. */
import type { Logger } from '../../log/log.ts';
import { metrics } from '../metrics.ts';
import type { StallGuard } from './stall-guard.ts';
import type { ThreadStall, ThreadWatch } from './workflow-threads.ts';

/** A failed task is reported before Temporal's 10 s for a task are over. */
export const PATIENCE_MS = 8_000;
/** A record that does not come through must not keep the thread, and all runs in it, waiting. */
const RECORD_MS = 1_500;

export interface WatchSettings {
  /** null: nobody counts. */
  readonly guard: StallGuard | null;
  /** How long a thread may work without an answer. */
  readonly patienceMs: number;
  /** Of the worker. */
  readonly identity: string;
  readonly log: Logger;
  /** A thread cannot be ended: the process should stop what else it does, and be killed. */
  readonly onStuck: () => void;
}

/** The worker has ended, but a thread of it cannot be: only a kill ends the process. */
export class StuckThreadError extends Error {
  override readonly name = 'StuckThreadError';
  override readonly message = 'a thread of workflows cannot be stopped';
}

export function threadWatch({ guard, patienceMs, identity, log, onStuck }: WatchSettings): ThreadWatch & {
  /** How long the slowest thread has been at one piece of work, in ms. */
  readonly silentMs: () => number;
} {
  let silent = 0;
  return {
    patienceMs,
    silentMs: () => silent,
    onStall: async (stall) => {
      const { runId: run, executionId: execution, expression } = stall;
      metrics.stalls.inc();
      log.error(
        { run, execution, expression },
        'a run keeps a thread of workflows busy: the thread is replaced',
      );
      await Promise.race([recorded(guard, stall, identity), rest(RECORD_MS)]);
    },
    onDeath: (cause) => {
      metrics.deaths.inc();
      log.error({ cause }, 'a thread of workflows died; another takes its place');
    },
    onStuck: () => {
      log.fatal('a thread of workflows cannot be stopped: the worker ends');
      onStuck();
    },
    onLook: (silentMs) => {
      silent = silentMs;
      metrics.silence.set(silentMs / 1000);
    },
  };
}

async function recorded(guard: StallGuard | null, stall: ThreadStall, worker: string): Promise<void> {
  const { runId: run_id, executionId: execution_id, expression } = stall;
  if (run_id === null || execution_id === null) return;
  await guard?.record({ run_id, execution_id, worker, expression });
}

function rest(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
