/** Keeps one process running: started again with growing pauses when it ends, until it is told to stop. */
import { messageOf } from '../../errors/errors.ts';
import { describeExit, type ChildExit } from './child-process.ts';
import type { Report } from '../report.ts';

/** Something that runs now. */
export interface Running {
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Resolves when it is gone, at the latest shortly after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface KeepOptions {
  /** For people: `api`, `worker-workflows`. */
  readonly name: string;
  /** May give up what is not ready yet when it is to stop, which `signal` tells. */
  readonly start: (signal: AbortSignal) => Promise<Running>;
  /** What runs already, when the first start was made elsewhere. */
  readonly first?: Running;
  readonly report: Report;
}

export interface Kept {
  /** Times it was started again. */
  restarts(): number;
  /** From now on an end is an end: nothing is started again. */
  retire(): void;
  stop(graceMs: number): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Who ran this long had started well: the next pause is short again. */
const SETTLED_MS = 60_000;

export function keepRunning(options: KeepOptions): Kept {
  const stopping = new AbortController();
  let current = options.first;
  let restarts = 0;

  const loop = async () => {
    for (let failures = 0; !stopping.signal.aborted; restarts++) {
      const began = Date.now();
      const how = await once();
      if (stopping.signal.aborted) return;
      failures = Date.now() - began > SETTLED_MS ? 0 : failures + 1;
      const pause = pauseAfter(failures);
      options.report(`${options.name} ended (${how}); starting it again in ${pause / 1000} s`);
      await rest(pause, stopping.signal);
    }
  };
  const once = async (): Promise<string> => {
    try {
      current ??= await options.start(stopping.signal);
      // Told to stop while it was starting.
      if (stopping.signal.aborted) await current.stop(0);
      return describeExit(await current.exited);
    } catch (error) {
      return messageOf(error);
    } finally {
      current = undefined;
    }
  };
  const ended = loop();

  return {
    restarts: () => restarts,
    retire: () => stopping.abort(),
    stop: async (graceMs) => {
      stopping.abort();
      await current?.stop(graceMs);
      await ended;
    },
  };
}

/** 0.5 s, 1 s, 2 s, … at most 30 s. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
}

/** Ends early when `signal` is aborted. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
  });
}
