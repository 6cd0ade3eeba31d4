import { expect, it } from 'vitest';
import { blockedBy } from './blocked.ts';

const step = (key: string, dependencies: readonly string[], status: 'pending' | 'completed' = 'pending') => ({
  key,
  dependencies: [...dependencies],
  status,
});

it('are all behind it that have not begun, each once, near ones first', () => {
  const steps = [
    step('review', []),
    step('deploy', ['review']),
    step('tell', ['deploy', 'review']),
    step('log', ['review'], 'completed'),
    step('other', []),
  ];
  expect(blockedBy(steps, 'review')).toEqual(['deploy', 'tell']);
  expect(blockedBy(steps, 'other')).toEqual([]);
});
