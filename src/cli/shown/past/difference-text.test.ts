import { expect, test } from 'vitest';
import type { RunDifference } from '../../../contract/runs/difference.ts';
import { plain } from '../../terminal/style.ts';
import { differenceText } from './difference-text.ts';

const NONE = { turns: 0, input_tokens: 0, output_tokens: 0, total_tokens: 0, cost_estimate: 0 };
const side = (run: string, tokens: number) => ({
  ...{
    run,
    seq: null,
    workflow: 'essay',
    version: '1.0.0',
    plan_hash: 'h',
    revision: 0,
    status: 'completed' as const,
  },
  ...{ error_message: null, duration_seconds: 3, ...NONE, total_tokens: tokens, cost_estimate: tokens * 10 },
});
const step = (model: string, output: string, tokens = 100) => ({
  ...{
    status: 'completed',
    ran: true,
    attempt: 1,
    reason: null,
    error: null,
    output,
    output_preview: output,
  },
  ...{ prompt: 'Write', model, duration_seconds: 1, ...NONE, total_tokens: tokens },
});

const DIFFERENCE: RunDifference = {
  ...{ a: side('essay-first', 100), b: side('essay-other', 5_000) },
  first_difference: { what: 'step', step: 'draft' },
  inputs: [],
  steps: [
    { key: 'plan', differs: [], a: step('m/a', 'x', 0), b: { ...step('m/a', 'x', 0), ran: false } },
    {
      key: 'draft',
      differs: ['model', 'output'],
      a: step('m/small', 'short'),
      b: step('m/large', `${'word '.repeat(30)}end`),
    },
    {
      key: 'more',
      differs: ['presence'],
      a: null,
      b: { ...step('m/a', 'y'), status: 'skipped', reason: 'condition is false' },
    },
  ],
  output: { a: 1, b: 1, differs: false },
};

test('it opens at the first difference, within 80 columns', () => {
  const text = differenceText(DIFFERENCE, plain, 80);
  const lines = text.split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.slice(1, 3)).toEqual([
    expect.stringMatching(/^a {2}essay-first +completed +100 /),
    expect.stringMatching(/^b {2}essay-other +completed +5000 /),
  ]);
  expect(text).toContain(
    '\n\nthe same before: plan\n\ndraft  model, output\n  a  completed  m/small  100 tokens',
  );
  expect(text).toContain('    - a  short\n    + b  word word');
  expect(text).toContain('more  only in one\n  a  -\n  b  skipped (condition is false)');
});

test('the same runs say so', () => {
  const steps = DIFFERENCE.steps.map((one) => ({ ...one, differs: [] }));
  const text = differenceText({ ...DIFFERENCE, first_difference: null, steps }, plain, 80);
  expect(text).toContain('the same, whatever they took');
  expect(text).toContain('the same steps: plan, draft, more');
});
