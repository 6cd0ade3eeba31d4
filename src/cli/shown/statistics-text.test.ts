import { expect, it } from 'vitest';
import type { WorkflowStatistics } from '../../contract/statistics.ts';
import { statisticsText } from './statistics-text.ts';

const statistics: WorkflowStatistics = {
  workflow: 'review',
  version: null,
  runs: 10,
  completed: 6,
  failed: 2,
  cancelled: 2,
  open_runs: 1,
  last_run_at: '2026-11-28T10:00:00.000Z',
  success_rate: 0.75,
  active_seconds: { p50: 61, p95: 75 },
  duration_seconds: { p50: 120, p95: 180 },
  cost: { p50: 1_000, p95: 2_000, sum: 12_000, unpriced: 1 },
  total_tokens: 1_200,
  points: [],
  steps: [
    {
      key: 'audit',
      started: 10,
      completed: 6,
      failed: 2,
      skipped: 0,
      failure_rate: 0.25,
      retry_rate: 0.1,
      seconds: { p50: 4.2, p95: 9 },
      cost: { p50: null, p95: null, sum: null, unpriced: 10 },
      total_tokens: 900,
    },
  ],
};

it('tells of the runs and of each step, and of what is not known', () => {
  const lines = statisticsText(statistics).split('\n');
  expect(lines.slice(0, 6)).toEqual([
    'review: 10 runs that ended, 1 open',
    'success   75% (6 completed, 2 failed, 2 cancelled)',
    'worked    p50 1 min 1 s, p95 1 min 15 s',
    'duration  p50 2 min 0 s, p95 3 min 0 s',
    'tokens    1200',
    'cost      $0.0120 and 1 of unknown cost',
  ]);
  expect(lines[7]).toMatch(/^STEP +STARTED +FAILED +RETRIED +P50 +P95 +TOKENS +COST$/);
  expect(lines[8]).toMatch(/^audit +10 +25% +10% +4\.2 s +9\.0 s +900 +unknown$/);
});

it('says when none has ended', () => {
  expect(statisticsText({ ...statistics, runs: 0, version: '2' })).toBe(
    'no run of review@2 has ended; 1 open',
  );
});
