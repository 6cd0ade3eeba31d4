import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../plan/json.ts';
import { compareRuns, type ComparedStep, type Side } from './compare-runs.ts';

const NONE = { turns: 0, input_tokens: 0, output_tokens: 0, total_tokens: 0, cost_estimate: 0 };

function step(key: string, more: Partial<ComparedStep> = {}): ComparedStep {
  return {
    ...{ key, kind: 'agent', dependencies: [], status: 'completed', ran: true, attempt: 1, reason: null },
    ...{ error: null, output: key, output_preview: key, model: 'm/1', duration_seconds: 1, ...NONE, ...more },
  };
}

function side(steps: readonly ComparedStep[], more: Partial<Side> & { inputs?: JsonObject } = {}): Side {
  const run = {
    run: 'r',
    seq: null,
    workflow: 'w',
    version: '1',
    plan_hash: 'h',
    revision: 0,
    status: 'completed',
  } as const;
  return {
    run: { ...run, error_message: null, duration_seconds: 1, ...NONE },
    ...{ inputs: {}, output: 'end', steps, prompts: new Map(), models: new Map(), ...more },
  };
}

test('what the same steps took makes no difference', () => {
  const difference = compareRuns(
    side([step('a')]),
    side([step('a', { total_tokens: 9, duration_seconds: 8, attempt: 2 })]),
  );
  expect(difference.first_difference).toBeNull();
  expect(difference.steps[0]).toMatchObject({ differs: [], b: { total_tokens: 9 } });
});

test('it opens at the first difference, in the order of the first run', () => {
  const a = side([step('a'), step('b'), step('c')], { prompts: new Map([['b', 'Write']]) });
  const b = side([step('b', { output: 'other' }), step('a'), step('d')], {
    prompts: new Map([['b', 'Sing']]),
  });
  const { first_difference, steps } = compareRuns(a, b);
  expect(first_difference).toEqual({ what: 'step', step: 'b' });
  expect(steps.map(({ key, differs }) => [key, differs])).toEqual([
    ['a', []],
    ['b', ['prompt', 'output']],
    ['c', ['presence']],
    ['d', ['presence']],
  ]);
});

test('a stored value is the same as its text inline', () => {
  const $blob = createHash('sha256').update('{"b":1,"a":[2]}').digest('hex');
  const stored = side([step('a', { output: { $blob, bytes: 15 } })]);
  expect(compareRuns(side([step('a', { output: { b: 1, a: [2] } })]), stored).first_difference).toBeNull();
  expect(compareRuns(side([step('a', { output: { b: 2 } })]), stored).first_difference).toEqual({
    what: 'step',
    step: 'a',
  });
});

test('inputs come before all, the end and the output after', () => {
  const failed = side([]);
  const ended = { ...failed, run: { ...failed.run, status: 'failed' as const } };
  expect(compareRuns(side([], { inputs: { x: 1 } }), ended)).toMatchObject({
    first_difference: { what: 'inputs', step: null },
    inputs: [{ name: 'x', a: 1, b: null }],
  });
  expect(compareRuns(side([]), ended).first_difference).toEqual({ what: 'status', step: null });
  expect(compareRuns(side([]), side([], { output: 'other' })).first_difference).toEqual({
    what: 'output',
    step: null,
  });
});
