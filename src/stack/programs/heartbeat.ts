/**
 * Notices that a program hangs: nothing was heard of it for so many ticks of this process. Ticks are counted, not time,
 * so that nobody seems to hang after the machine has slept or this process was stopped.
 */
import { START_MS } from './await-ready.ts';

const TICK_MS = 1_000;
/** With the start of its successor a program that hangs is replaced within 15 s. */
export const PATIENCE_TICKS = 10;
/** Until it says that it is ready: to load a program takes its loop for long, on a machine under load. */
export const START_TICKS = START_MS / TICK_MS;

export interface Heartbeat {
  /** Something was heard: `ready` ends the time that it has to start. */
  hear(message: unknown): void;
  stop(): void;
}

/** Calls `onSilence` once, when nothing has been heard for too long. */
export function watchHeartbeat(onSilence: (seconds: number) => void): Heartbeat {
  let limit = START_TICKS;
  let silent = 0;
  const timer = setInterval(() => {
    if (++silent < limit) return;
    clearInterval(timer);
    onSilence((silent * TICK_MS) / 1000);
  }, TICK_MS).unref();
  return {
    hear: (message) => {
      if (message === 'ready') limit = PATIENCE_TICKS;
      silent = 0;
    },
    stop: () => clearInterval(timer),
  };
}
