/**
 * Watches this process's own loop from a thread beside it: activities fill in templates there, and what hangs it stops
 * every activity. A loop that does not turn is put on record and its process killed; whoever started it starts it again.
 */
import { fileURLToPath } from 'node:url';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { activityInfo } from '@temporalio/activity';
import { watchEvaluations } from '../../expressions/index.ts';
import { evaluatingMemory, writerInto } from './evaluating.ts';

/** What the watching thread gets. */
export interface LoopWatched {
  /** Counts up while the loop turns. */
  readonly turns: SharedArrayBuffer;
  /** `run id, execution id, expression`, a line each. */
  readonly evaluating: SharedArrayBuffer;
  readonly databaseUrl: string | null;
  readonly worker: string;
  readonly logLevel: string;
}

const TURN_MS = 250;
const THREAD = fileURLToPath(new URL(`./loop-watch-thread${extname(import.meta.url)}`, import.meta.url));

/** For the rest of this process's life. */
export function watchLoop(watched: Omit<LoopWatched, 'turns' | 'evaluating'>): void {
  const turns = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const evaluating = evaluatingMemory();
  const counter = new Int32Array(turns);
  setInterval(() => Atomics.add(counter, 0, 1), TURN_MS).unref();
  const write = writerInto(evaluating);
  watchEvaluations((source) => write(source === null ? null : `${currentRun()}\n${source}`));
  const workerData: LoopWatched = { ...watched, turns, evaluating };
  new Worker(THREAD, { workerData }).unref();
}

/** Two lines; empty ones outside activities. */
function currentRun(): string {
  try {
    const { workflowId, runId } = activityInfo().workflowExecution ?? {};
    return `${workflowId ?? ''}\n${runId ?? ''}`;
  } catch {
    return '\n';
  }
}
