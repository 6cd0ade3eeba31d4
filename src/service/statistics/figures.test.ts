import { describe, expect, it } from 'vitest';
import { rateOf, spreadOf, statisticsOf, type EndedRunRow } from './figures.ts';

let next = 0;
const run = (row: Partial<EndedRunRow> = {}): EndedRunRow => ({
  id: `r${++next}`,
  workflow: 'w',
  version: '1.0.0',
  status: 'completed',
  duration_seconds: 10,
  active_seconds: 5,
  cost_estimate: 100,
  total_tokens: 7,
  created_at: new Date('2026-11-28T10:00:00Z'),
  ...row,
});

describe('spreads', () => {
  it('lie between values, and leave out what is not known', () => {
    expect(spreadOf([4, 1, null, 3, 2])).toEqual({ p50: 2.5, p95: expect.closeTo(3.85, 9) as number });
    expect(spreadOf([7])).toEqual({ p50: 7, p95: 7 });
    expect(spreadOf([null])).toEqual({ p50: null, p95: null });
  });

  it('are no rate where there is no whole', () => {
    expect([rateOf(1, 4), rateOf(0, 0)]).toEqual([0.25, null]);
  });
});

describe('runs', () => {
  it('that people ended count neither as success nor as failure', () => {
    const rows = [
      run(),
      run({ status: 'failed' }),
      run({ status: 'timed_out' }),
      run({ status: 'completed' }),
      run({ status: 'cancelled' }),
      run({ status: 'terminated' }),
    ];
    expect(statisticsOf(rows)).toMatchObject({
      runs: 6,
      completed: 2,
      failed: 2,
      cancelled: 2,
      success_rate: 0.5,
      total_tokens: 42,
    });
  });

  it('that failed at once do not make the others look quick', () => {
    const rows = [run({ active_seconds: 60 }), run({ status: 'failed', active_seconds: 0.1 })];
    expect(statisticsOf(rows).active_seconds).toEqual({ p50: 60, p95: 60 });
  });

  it('of unknown price are told, and never counted as free', () => {
    const rows = [run({ cost_estimate: 300 }), run({ cost_estimate: null }), run({ cost_estimate: 100 })];
    expect(statisticsOf(rows).cost).toMatchObject({ p50: 200, sum: 400, unpriced: 1 });
    expect(statisticsOf([run({ cost_estimate: null })]).cost).toEqual({
      p50: null,
      p95: null,
      sum: null,
      unpriced: 1,
    });
  });

  it('come as points, oldest first', () => {
    const rows = [run({ id: 'new' }), run({ id: 'old' })];
    expect(statisticsOf(rows).points.map(({ id }) => id)).toEqual(['old', 'new']);
  });

  it('that are none have no figures', () => {
    expect(statisticsOf([])).toMatchObject({ runs: 0, success_rate: null, points: [], cost: { sum: null } });
  });
});
