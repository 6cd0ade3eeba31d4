import { expect, it } from 'vitest';
import type { Rehearsal } from '../../../rehearsal/index.ts';
import { rehearsalsText } from './rehearsal-text.ts';

const SAME: Rehearsal = {
  run: 'run-1',
  verdict: 'same',
  ...{ added: [], removed: [], assumed: [], unknown: [], uncertain: [], breaks: [] },
  difference: null,
  same_output: true,
};

it('is a line for a run that would go the same way, and the sum', () => {
  expect(rehearsalsText([SAME, { ...SAME, run: 'run-2' }])).toBe(
    'same      run-1\nsame      run-2\n2 runs: 2 the same',
  );
});

it('shows the first difference with both conditions, what breaks, and what is not known', () => {
  const condition = {
    source: 'size > 10',
    values: [{ name: 'size', value: 3 }, { name: 'x' }],
    answer: { value: false },
  };
  const difference = {
    step: 'deploy',
    was: 'completed',
    is: 'skipped',
    reason: 'condition is false',
    condition,
  };
  const parts: Rehearsal = {
    ...SAME,
    verdict: 'parts',
    same_output: false,
    difference: { ...difference, former_condition: { ...condition, answer: { error: 'no' } } },
  };
  const breaks: Rehearsal = {
    ...SAME,
    verdict: 'breaks',
    breaks: [{ kind: 'inputs', step: null, message: 'branch is missing' }],
    ...{ added: ['sign'], removed: ['old'], assumed: ['fetch'], unknown: ['sign'], uncertain: ['report'] },
  };
  expect(
    rehearsalsText([parts, breaks])
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual([
    'parts     run-1; its output would be another',
    'deploy: completed before, skipped now: condition is false',
    'when: size > 10',
    'size = 3',
    'x = missing',
    '→ false',
    'before, when: size > 10',
    'size = 3',
    'x = missing',
    '→ could not be evaluated: no',
    'breaks    run-1',
    'the run would break (inputs): branch is missing',
    'new: sign',
    'gone: old',
    'assumed to bring the same as before: fetch',
    'nobody has recorded: sign',
    'not certain, as it reads of these: report',
    '2 runs: 1 on another path, 1 would break',
  ]);
});
