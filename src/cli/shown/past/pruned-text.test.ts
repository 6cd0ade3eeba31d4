import { expect, it } from 'vitest';
import type { CheckpointsPruned } from '../../../contract/checkpoint.ts';
import { prunedText } from './pruned-text.ts';

const ONE: CheckpointsPruned = {
  run_id: 'run-1',
  dry_run: false,
  pruned: { checkpoints: 2, numbers: [1, 2], bytes: 1_500 },
  kept: { checkpoints: 3, needed: [{ number: 3, label: 'here', reason: 'forked' }] },
};

it('tells what has gone, and why the rest stays', () => {
  expect(prunedText([ONE])).toBe(
    'run-1: 2 checkpoints pruned (1.5 kB), 3 kept\n  cp-3 "here" stays: a fork began at it',
  );
});

it('tells the sum of several runs, and leaves out those that stay as they are', () => {
  const none = {
    ...ONE,
    run_id: 'run-2',
    pruned: { checkpoints: 0, numbers: [], bytes: 0 },
    kept: { checkpoints: 1, needed: [] },
  };
  const text = prunedText([
    { ...ONE, dry_run: true },
    { ...none, dry_run: true },
  ]);
  expect(text).toContain('run-1: 2 checkpoints would be pruned (1.5 kB), 3 kept');
  expect(text).not.toContain('run-2');
  expect(text).toMatch(/^2 checkpoints of 2 runs would be pruned \(1\.5 kB\)$/m);
  expect(prunedText([none])).toBe('0 checkpoints of 1 run pruned (0 B)');
});
