import { describe, expect, it } from 'vitest';
import { waitBeforeRetry } from './patience.ts';

const busy = { status: 503, retryAfter: '1', code: 'server_busy' };
const first = { tries: 1, elapsedMs: 0, repeatable: false };

describe('waitBeforeRetry', () => {
  it('waits as long as it was told, and up to as much again by chance, more with each try', () => {
    expect(waitBeforeRetry(busy, first, 0)).toBe(1_000);
    expect(waitBeforeRetry(busy, first, 1)).toBe(2_000);
    expect(waitBeforeRetry({ ...busy, status: 429 }, { ...first, tries: 3 }, 1)).toBe(5_000);
    expect(waitBeforeRetry(busy, { ...first, tries: 40 }, 1)).toBe(9_000);
  });

  it('understands a date', () => {
    const now = Date.parse('2026-11-27T10:00:00Z');
    const retryAfter = 'Fri, 27 Nov 2026 10:00:07 GMT';
    expect(waitBeforeRetry({ ...busy, retryAfter }, first, 0, now)).toBe(7_000);
  });

  it('gives up at its bound', () => {
    expect(waitBeforeRetry(busy, { ...first, elapsedMs: 59_001 }, 0)).toBeNull();
    expect(waitBeforeRetry({ ...busy, retryAfter: '3600' }, first, 0)).toBeNull();
  });

  it.each([
    ['no refusal for now', { ...busy, status: 409 }],
    ['no time', { ...busy, retryAfter: null }],
    ['no sense', { ...busy, retryAfter: 'soon' }],
    ['a start that may have arrived', { ...busy, code: 'temporal_unavailable' }],
  ])('does not repeat what is %s', (_, refusal) => {
    expect(waitBeforeRetry(refusal, first, 0)).toBeNull();
  });

  it('repeats what may have arrived where it counts once', () => {
    const refusal = { ...busy, code: 'temporal_unavailable' };
    expect(waitBeforeRetry(refusal, { ...first, repeatable: true }, 0)).toBe(1_000);
  });
});
