/** One compiling thread, seen from outside: takes a task at a time, and is ended when it does not come back in time. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { IS_BUILT, moduleFile, ROOT } from '../places.ts';
import type { Answer, Task } from './task.ts';
import { timeOf } from './thread-time.ts';

/** From the sources tsx has to be asked for in each thread. */
const PROGRAM = IS_BUILT
  ? moduleFile('compiling/compile-thread')
  : join(ROOT, 'src', 'compiling', 'compile-thread-from-source.mjs');
/** A definition of 1 MB takes a tenth of it. */
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 };
const LONGEST_START_MS = 60_000;
/** On a machine that has no time for it, a thread is given so many times its deadline. */
const PATIENCE = 10;
const CHECK_MS = 100;

/** The thread was ended because time or memory ran out. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted';
}

export class Thread {
  readonly #worker: Worker;
  /** Which thread it is, for {@link timeOf}. */
  readonly #ready: Promise<string | null>;

  constructor() {
    this.#worker = startWorker();
    // An idle thread keeps no process alive; whoever waits for it has a connection that does.
    this.#worker.unref();
    this.#ready = this.#next<string | null>(stopwatch(null, LONGEST_START_MS));
    this.#ready.catch(() => {});
  }

  /** @throws Exhausted, or what ended the thread; it is gone then. */
  async run(task: Task, deadlineMs: number): Promise<Answer> {
    const outcome = this.#next<Answer>(stopwatch(await this.#ready, deadlineMs));
    this.#worker.postMessage(task);
    return outcome;
  }

  end(): void {
    void this.#worker.terminate();
  }

  /** The next message. */
  #next<Message>(isOver: () => boolean): Promise<Message> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearInterval(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        act();
      };
      const onMessage = (message: Message) => settle(() => resolve(message));
      const fail = (error: Error) =>
        settle(() => {
          // What it throws on its way out is of no interest any more.
          worker.on('error', () => {});
          this.end();
          reject(error);
        });
      const onError = (error: Error & { code?: unknown }) =>
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Exhausted('out of memory') : error);
      const onExit = () => fail(new Error('The compiling thread ended.'));
      const timer = setInterval(() => {
        if (isOver()) fail(new Exhausted('out of time'));
      }, CHECK_MS);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
  }
}

function startWorker(): Worker {
  return new Worker(PROGRAM, { resourceLimits: MEMORY, env: {}, execArgv: ['--enable-source-maps'] });
}

/** Counts the time that the thread was given: it runs out when so much of it has been used, and it has passed too. */
function stopwatch(thread: string | null, deadlineMs: number): () => boolean {
  const began = performance.now();
  const before = timeOf(thread);
  return () => {
    const passed = performance.now() - began;
    return passed > deadlineMs && (timeOf(thread) - before > deadlineMs || passed > PATIENCE * deadlineMs);
  };
}
