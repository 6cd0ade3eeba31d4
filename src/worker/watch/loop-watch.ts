/**
 * Watches this process's own loop from a thread beside it: activities fill in templates there, and what hangs it stops
 * every activity. A loop that does not turn is put on record and its process killed; whoever started it starts it again.
 */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { activityInfo } from '@temporalio/activity';
import { watchEvaluations } from '../../expressions/index.ts';
import type { Logger } from '../../log/log.ts';
import { IS_BUILT, moduleFile } from '../../places.ts';
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
  /** For the record, in ms: as long as a supervisor leaves time for, unless told. */
  readonly recordMs?: number;
}

const TURN_MS = 250;
const THREAD = pathToFileURL(moduleFile('worker/watch/loop-watch-thread')).href;
/** From the sources: what loads TypeScript in this thread does not in others. */
const FROM_SOURCE = `import('tsx/esm/api').then(({ tsImport }) => tsImport('${THREAD}', '${THREAD}'))`;

/** For the rest of this process's life. A watch that cannot be kept is reported and harms nothing. */
export function watchLoop(watched: Omit<LoopWatched, 'turns' | 'evaluating'>, log: Logger): void {
  const turns = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const evaluating = evaluatingMemory();
  const counter = new Int32Array(turns);
  setInterval(() => Atomics.add(counter, 0, 1), TURN_MS).unref();
  const write = writerInto(evaluating);
  watchEvaluations((source) => write(source === null ? null : `${currentRun()}\n${source}`));
  const workerData: LoopWatched = { ...watched, turns, evaluating };
  const thread = IS_BUILT
    ? new Worker(new URL(THREAD), { execArgv: ['--enable-source-maps'], workerData })
    : new Worker(FROM_SOURCE, { eval: true, execArgv: [], workerData });
  thread.on('error', (error) => log.error({ err: error }, 'the loop of this worker is not watched any more'));
  thread.unref();
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
