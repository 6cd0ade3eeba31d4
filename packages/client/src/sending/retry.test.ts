import { describe, expect, it } from 'vitest';
import { waitBeforeRetry } from './retry.ts';

const busy = { status: 503, retryAfterMs: 1_000, code: 'server_busy' };
const lost = { status: null, retryAfterMs: null, code: 'connection_lost' };
const first = { tries: 1, elapsedMs: 0, repeatable: true };
const patience = { times: 5, forMs: 60_000, whenAway: true };

describe('waitBeforeRetry', () => {
  it('waits as long as it was told, and up to as much again by chance, more with each try', () => {
    expect(waitBeforeRetry(busy, first, patience, 0)).toBe(1_000);
    expect(waitBeforeRetry(busy, first, patience, 1)).toBe(2_000);
    expect(waitBeforeRetry({ ...busy, status: 429 }, { ...first, tries: 3 }, patience, 1)).toBe(5_000);
    expect(waitBeforeRetry(busy, { ...first, tries: 40 }, { ...patience, times: 50 }, 1)).toBe(9_000);
  });

  it('gives up at its bounds', () => {
    expect(waitBeforeRetry(busy, { ...first, elapsedMs: 59_001 }, patience, 0)).toBeNull();
    expect(waitBeforeRetry({ ...busy, retryAfterMs: 3_600_000 }, first, patience, 0)).toBeNull();
    expect(waitBeforeRetry(busy, { ...first, tries: 6 }, patience, 0)).toBeNull();
    expect(waitBeforeRetry(busy, first, { ...patience, times: 0 }, 0)).toBeNull();
  });

  it('comes back to who is away, if it was made so', () => {
    for (const failure of [
      lost,
      { ...lost, code: 'timeout' },
      { ...busy, status: 502, retryAfterMs: null },
    ]) {
      expect(waitBeforeRetry(failure, first, patience, 1)).toBe(1_000);
      expect(waitBeforeRetry(failure, first, { ...patience, whenAway: false }, 1)).toBeNull();
    }
  });

  it.each([
    ['what is no refusal for now', { ...busy, status: 409 }, true],
    ['what was refused for good', { ...busy, status: 500, retryAfterMs: 1 }, true],
    ['what may have arrived', { ...busy, code: 'temporal_unavailable' }, false],
    ['what was lost on the way', lost, false],
  ])('does not repeat %s', (_, failure, repeatable) => {
    expect(waitBeforeRetry(failure, { ...first, repeatable }, patience, 0)).toBeNull();
  });

  it('repeats what counts once, and what the API says it has not begun', () => {
    const unclear = { ...busy, code: 'temporal_unavailable' };
    expect(waitBeforeRetry(unclear, first, patience, 0)).toBe(1_000);
    expect(waitBeforeRetry(busy, { ...first, repeatable: false }, patience, 0)).toBe(1_000);
  });
});
