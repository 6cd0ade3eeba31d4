import { expect, it } from 'vitest';
import type { StepWhy, WhyDecision, WhyWait } from '../../../contract/past/why.ts';
import { whyText } from './why-text.ts';

const WAIT: WhyWait = {
  for: 'dependencies',
  steps: [{ key: 'test', status: 'running' }],
  more_steps: 0,
  questions: [],
  activities: [],
  open: null,
  most: null,
  until: null,
  by: null,
  reason: null,
};
const wait = (changes: Partial<WhyWait>): WhyWait => ({ ...WAIT, steps: [], ...changes });
const DECISION: WhyDecision = {
  seq: 7,
  at: '2026-11-27T10:00:00.000Z',
  epoch: 0,
  attempt: null,
  decision: 'ran',
  reason: null,
  by: null,
  caused_by: null,
  until: null,
  waited_for: [],
  condition: null,
  retry: null,
};
const WHY: StepWhy = {
  run_id: 'run-1',
  step: 'deploy',
  seq: 12,
  at: '2026-11-27T10:00:04.000Z',
  revision: 1,
  status: 'pending',
  attempt: 0,
  waits_for: [WAIT],
  decisions: [],
};
const linesOf = (...decisions: readonly Partial<WhyDecision>[]) =>
  whyText({ ...WHY, waits_for: [], decisions: decisions.map((one) => ({ ...DECISION, ...one })) })
    .split('\n')
    .slice(1);

it('says where the step is, and what it waits for', () => {
  const [head = '', now] = whyText(WHY).split('\n');
  expect(head).toMatch(/^deploy of run-1 after event 12, .*: pending, revision 1 of the plan$/);
  expect(now).toBe('waits for test (running)');
});

it.each([
  [wait({ for: 'window', open: 3, most: 3 }), 'for room: 3 of 3 steps are open'],
  [wait({ for: 'alone' }), 'to be alone'],
  [wait({ for: 'alone', steps: [{ key: 'x', status: null }] }), 'for x, which is to be alone'],
  [wait({ for: 'hold', by: 'eve', reason: 'later' }), 'because it is held by eve: later'],
  [wait({ for: 'pause' }), 'because the run is paused'],
  [wait({ for: 'retry' }), 'for its next try'],
  [{ ...WAIT, more_steps: 9 }, 'for test (running), 9 more'],
])('a wait %#', (one, text) => {
  expect(linesOf({ decision: 'waited', waited_for: [one], until: '2026-11-27T10:00:03.000Z' })[0]).toMatch(
    new RegExp(`waited 3.0 s ${text.replaceAll(/[()]/g, '\\$&')}$`),
  );
});

it('shows a condition with what it saw, and what came of it', () => {
  const values = [
    { name: 'steps.test.result.code', missing: false, value: 1, cut: false, bytes: 1 },
    { name: 'inputs.force', missing: true, value: null, cut: false, bytes: 0 },
    { name: 'inputs.text', missing: false, value: '"abc…', cut: true, bytes: 5_000 },
  ];
  const condition = { source: 'a == 0', values, result: false, error: null };
  const [head, ...seen] = linesOf({ decision: 'skipped', reason: 'condition is false: a == 0', condition });
  expect(head).toContain('skipped: condition is false: a == 0');
  expect(seen.map((line) => line.trim())).toEqual([
    'when: a == 0',
    'steps.test.result.code = 1',
    'inputs.force = missing',
    'inputs.text = "abc… (5000 bytes)',
    '→ false',
  ]);
});

it('shows how a failure was judged', () => {
  const error = { type: 'http_status', category: 'TASK_ERROR', message: 'status 500', attempt: 2 };
  const retry = { error, again: true, rule: 'retry', delay_ms: 2_000, because: null } as const;
  const counts = { tries: 2, attempts: 3, infra_failures: 0, if: null };
  const lines = linesOf(
    { decision: 'retried', attempt: 2, retry: { ...retry, ...counts } },
    {
      decision: 'failed',
      retry: { ...retry, again: false, rule: null, delay_ms: null, because: 'used_up', ...counts, tries: 3 },
    },
  );
  expect(lines[0]).toContain('retried (attempt 2)');
  expect(lines[1]?.trim()).toBe('attempt 2 failed, http_status: status 500');
  expect(lines[2]?.trim()).toMatch(/^try 2 of 3, again after 2/);
  expect(lines[5]?.trim()).toBe('try 3 of 3, not again: all tries are used');
});
