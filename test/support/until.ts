/**
 * Waiting for a condition instead of for time. What has been long in coming is looked at less often: most looks are requests
 * with several statements each, and what else runs beside needs the processor.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/errors/errors.ts';

const MOST_INTERVAL_MS = 250;
/** As long waits whatever waits for a condition: nothing is told by one that is slow to come on a busy machine. */
export const PATIENCE_MS = 150_000;

export interface UntilOptions {
  /** ms, {@link PATIENCE_MS} unless told. */
  readonly timeout?: number;
  /** ms between the first two looks, 25 unless told; later looks are an eighth of the time waited apart, and 250 ms at most. */
  readonly interval?: number;
  /** What was waited for, and the state seen last: for the message. */
  readonly describe?: string | (() => unknown);
}

/**
 * Asks again and again until `condition` answers something truthy, and resolves with that. A condition that throws
 * counts as not met yet.
 *
 * @throws Error naming what was waited for, with the last failure.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<Awaited<T>, undefined | null | false | 0 | ''>> {
  const { timeout = PATIENCE_MS, interval = 25, describe = condition.toString() } = options;
  const began = performance.now();
  let failure: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer) return answer as Exclude<Awaited<T>, undefined | null | false | 0 | ''>;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    const waited = performance.now() - began;
    if (waited > timeout) {
      const what = typeof describe === 'function' ? JSON.stringify(await describe(), null, 2) : describe;
      const last = failure === undefined ? '' : ` (last failure: ${messageOf(failure)})`;
      throw new Error(`not within ${timeout} ms: ${what}${last}`, { cause: failure });
    }
    await sleep(Math.max(interval, Math.min(waited / 8, MOST_INTERVAL_MS)));
  }
}
