/**
 * A signal that aborts after some time, whoever listens to it.
 *
 * One of `AbortSignal.timeout` that only `AbortSignal.any` knows is forgotten by Node 20 with the next collection of
 * garbage, and never aborts: what should have been given up is then waited for without end. One with a listener stays.
 */
const stay = (): void => undefined;

/** @param ms from now; beyond 2^31 - 1, as long as timers can wait */
export function alarmAfter(ms: number): AbortSignal {
  const alarm = AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));
  alarm.addEventListener('abort', stay, { once: true });
  return alarm;
}
