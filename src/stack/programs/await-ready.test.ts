import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awaitReady, START_MS } from './await-ready.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Waits for something that becomes ready, or is lost, after so many ms. */
function awaiting({ readyAt, lostAt }: { readonly readyAt?: number; readonly lostAt?: number }) {
  const said: string[] = [];
  let isReady = false;
  let end: string | undefined;
  if (readyAt !== undefined) setTimeout(() => (isReady = true), readyAt);
  if (lostAt !== undefined) setTimeout(() => (end = 'exit code 1'), lostAt);
  const failure = awaitReady({
    name: 'api',
    look: () =>
      isReady
        ? Promise.resolve()
        : Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })),
    lost: () => end,
    everyMs: 250,
    report: (line) => said.push(line),
  });
  return { failure, said };
}

describe('awaitReady', () => {
  it('waits for what takes minutes, and tells for how long and why', async () => {
    const { failure, said } = awaiting({ readyAt: 200_000 });
    await vi.advanceTimersByTimeAsync(200_500);
    expect(await failure).toBeUndefined();
    expect(said).toHaveLength(13);
    expect(said[0]).toBe('waiting for api for 15 s now (ECONNREFUSED)');
    expect(said.at(-1)).toContain('for 195 s');
  });

  it('says nothing of what is soon ready', async () => {
    const { failure, said } = awaiting({ readyAt: 10_000 });
    await vi.advanceTimersByTimeAsync(10_500);
    expect(await failure).toBeUndefined();
    expect(said).toEqual([]);
  });

  it('gives up at once what is lost, and in the end what is silent', async () => {
    const lost = awaiting({ lostAt: 1_000 });
    await vi.advanceTimersByTimeAsync(1_250);
    expect(await lost.failure).toBe('exit code 1');
    const silent = awaiting({});
    await vi.advanceTimersByTimeAsync(START_MS + 500);
    expect(await silent.failure).toBe('no answer within 5 minutes (ECONNREFUSED)');
  });

  it('does not take for ready what has ended while it was looked at', async () => {
    let ended = false;
    const look = () => {
      ended = true;
      return Promise.resolve();
    };
    const lost = () => (ended ? 'exit code 1' : undefined);
    const failure = awaitReady({ name: 'api', look, lost, everyMs: 1, report: () => undefined });
    expect(await failure).toBe('exit code 1');
  });
});
