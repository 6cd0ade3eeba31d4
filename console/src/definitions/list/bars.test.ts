import { describe, expect, it } from 'vitest';
import type { RunPoint } from '../../api/generated.ts';
import { barsOf, barsWords } from './bars.ts';

const point = (status: RunPoint['status'], active: number | null, whole: number | null = null): RunPoint => ({
  id: `${status} ${active}`,
  version: '1',
  status,
  active_seconds: active,
  duration_seconds: whole,
  cost_estimate: null,
  created_at: '2026-11-28T10:00:00Z',
});

describe('bars', () => {
  it('are as high as the root of their time, and never too low to be seen', () => {
    const bars = barsOf([point('completed', 100), point('failed', 25), point('cancelled', 0)]);
    expect(bars.map(({ height, look }) => [height, look])).toEqual([
      [1, 'done'],
      [0.5, 'failed'],
      [0.12, 'stopped'],
    ]);
  });

  it('go by the whole time where the working time is not known', () => {
    expect(barsOf([point('completed', null, 9)])[0]).toMatchObject({ height: 1 });
  });

  it('go by the whole time where Baton itself did all the work', () => {
    const bars = barsOf([point('completed', 0, 4), point('completed', 1, 60)]);
    expect(bars.map(({ height }) => height)).toEqual([1, 0.5]);
  });

  it('are drawn where no run took any time', () => {
    expect(barsOf([point('completed', null)])[0]).toMatchObject({ height: 0.12 });
  });

  it('are told in words', () => {
    expect(barsWords([])).toBe('No run has ended.');
    expect(barsWords([point('completed', 90), point('timed_out', 3), point('terminated', 1)])).toBe(
      'The last 3 runs: 1 completed, 1 failed, 1 stopped. The longest took 1 m 30 s.',
    );
  });
});
