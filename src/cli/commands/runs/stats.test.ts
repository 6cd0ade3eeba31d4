import { expect, it } from 'vitest';
import { statsOf } from '../../testing/told.ts';
import { statsText } from './stats.ts';

const stats = statsOf('review', {
  runs: 12,
  completed: 9,
  failed: 2,
  active: 1,
  average_seconds: 75,
  median_seconds: 61,
  total_tokens: 1_200,
  cost_estimate: 1_500,
});

it('tells of each workflow, and never a sum that leaves something out without saying so', () => {
  const [head = '', first = ''] = statsText([stats]).split('\n');
  expect(head).toMatch(/^WORKFLOW +RUNS +OPEN +COMPLETED +FAILED +CANCELLED +MEDIAN +AVERAGE +TOKENS +COST$/);
  expect(first).toMatch(/^review +12 +1 +9 +2 +0 +1 min 1 s +1 min 15 s +1200 +\$0\.0015$/);
  expect(statsText([{ ...stats, unpriced_runs: 2 }])).toContain('$0.0015 and 2 runs of unknown cost');
  expect(statsText([{ ...stats, cost_estimate: null, unpriced_runs: 12 }])).toMatch(/unknown$/m);
  expect(statsText([{ ...stats, median_seconds: null, average_seconds: null }])).not.toContain('min');
  expect(statsText([])).toBe('nothing has run yet');
});

it('fits 80 columns', () => {
  for (const line of statsText([stats, { ...stats, unpriced_runs: 2 }], 80).split('\n'))
    expect(line.length).toBeLessThanOrEqual(80);
});
