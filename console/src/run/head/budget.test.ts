import { expect, it } from 'vitest';
import { gauges } from './budget.ts';

const run = {
  status: 'running',
  is_paused: false,
  turns: 10,
  total_tokens: 9_000,
  cost_estimate: 1_500_000,
  active_seconds: 60,
  limits: { max_turns: 50, max_tokens: null, max_cost_usd: 2, max_duration_ms: null },
} as const;

it('tells what has a limit, the fullest first, and how long it lasts at this pace', () => {
  expect(gauges(run)).toEqual([
    { name: 'cost', used: 1_500_000, most: 2_000_000, share: 0.75, left: 20 },
    { name: 'turns', used: 10, most: 50, share: 0.2, left: 240 },
  ]);
});

it('foretells nothing of a run that stands still, and knows no share of an unknown price', () => {
  expect(gauges({ ...run, is_paused: true }).map(({ left }) => left)).toEqual([null, null]);
  expect(gauges({ ...run, cost_estimate: null }).map(({ name }) => name)).toEqual(['turns']);
});
