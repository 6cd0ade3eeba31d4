import { expect, it } from 'vitest';
import type { RunNow, RunStateAt, Step } from '../../api/generated.ts';
import { asItWas } from './as-it-was.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 10, 0, second)).toISOString();
const run = {
  id: 'r',
  status: 'completed',
  created_at: at(0),
  completed_at: at(50),
  cancel_requested_at: null,
  error: null,
} as RunNow;
const step = (key: string, started: number, ended: number) =>
  ({
    key,
    status: 'completed',
    attempt: 1,
    started_at: at(started),
    completed_at: at(ended),
    attempts: [{ scheduled_at: at(started) }],
    error: null,
  }) as unknown as Step;
const state = (key: string, status: string) => ({
  key,
  status,
  attempt: status === 'pending' ? 0 : 1,
  dependencies: [],
  level: 0,
  reason: null,
});
const then = {
  at: at(20),
  status: 'running',
  plan: { revision: 0 },
  steps: [state('a', 'completed'), state('b', 'running'), state('c', 'pending')],
} as unknown as RunStateAt;

it('shows a run as it was, without what came later', () => {
  const {
    run: before,
    steps,
    time,
  } = asItWas(run, [step('a', 1, 10), step('b', 15, 30), step('c', 31, 40), step('later', 41, 45)], then);
  expect(time).toBe(Date.parse(at(20)));
  expect([before.status, before.completed_at]).toEqual(['running', null]);
  expect(
    steps.map(({ key, status, started_at: started, completed_at: ended, attempts }) => [
      key,
      status,
      started,
      ended,
      attempts.length,
    ]),
  ).toEqual([
    ['a', 'completed', at(1), at(10), 1],
    ['b', 'running', at(15), null, 1],
    ['c', 'pending', null, null, 0],
  ]);
});
