/**
 * Draws graphs beside the loop of the process: one at a time, in a thread that is there only while something is drawn. What
 * takes more than the deadline is stopped, and drawn in rows by levels.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { IS_BUILT, moduleFile, ROOT } from '../places.ts';
import { byLevels, type GraphNode, type Layout } from './graph.ts';

/** 2,000 steps take some 4 s on a quiet core. */
const DEADLINE_MS = 20_000;
const MEMORY = { maxOldGenerationSizeMb: 1_024 };

export class Layouter {
  readonly #deadlineMs: number;
  readonly #one = pLimit(1);
  readonly #underWay = new Map<string, Promise<Layout>>();

  constructor({ deadlineMs = DEADLINE_MS } = {}) {
    this.#deadlineMs = deadlineMs;
  }

  /** @param name the same name is drawn once at a time */
  layout(nodes: readonly GraphNode[], name = ''): Promise<Layout> {
    if (nodes.length === 0) return Promise.resolve(byLevels(nodes));
    const known = name === '' ? undefined : this.#underWay.get(name);
    if (known !== undefined) return known;
    const drawing = this.#one(() => draw(nodes, this.#deadlineMs)).finally(() => this.#underWay.delete(name));
    if (name !== '') this.#underWay.set(name, drawing);
    return drawing;
  }
}

async function draw(nodes: readonly GraphNode[], deadlineMs: number): Promise<Layout> {
  const worker = startWorker(nodes);
  try {
    return await new Promise<Layout>((resolve, reject) => {
      const timer = setTimeout(() => resolve(byLevels(nodes)), deadlineMs);
      worker.once('message', (layout: Layout) => {
        clearTimeout(timer);
        resolve(layout);
      });
      worker.once('error', (error) => {
        clearTimeout(timer);
        // Of memory that ran out: rows need none. Anything else is a fault of ours.
        if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(byLevels(nodes));
        else reject(error);
      });
    });
  } finally {
    worker.removeAllListeners().on('error', () => undefined);
    void worker.terminate();
  }
}

function startWorker(nodes: readonly GraphNode[]): Worker {
  const file = IS_BUILT
    ? moduleFile('layout/layout-thread')
    : join(ROOT, 'src/layout/layout-thread-from-source.mjs');
  return new Worker(file, { workerData: nodes, resourceLimits: MEMORY, env: {} });
}
