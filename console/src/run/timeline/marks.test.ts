import { expect, it } from 'vitest';
import type { RunEvent } from '../../api/generated.ts';
import { marksOf } from './marks.ts';

const change = (seq: number, data: object) =>
  ({ seq, type: 'status_change', at: new Date(seq * 1_000).toISOString(), data }) as unknown as RunEvent;
const changes = [
  change(1, { from: 'pending', to: 'running' }),
  change(2, { from: 'running', to: 'paused', by: 'ana', reason: 'lunch' }),
  change(3, { from: 'paused', to: 'paused', drained: true }),
  change(5, { from: 'paused', to: 'running', by: 'bo' }),
  change(6, { from: 'running', to: 'failed' }),
  change(8, { from: 'failed', to: 'running', action: 'continue', by: 'ana' }),
  change(9, { from: 'running', to: 'paused', by: null }),
];

it('a pause lasts from when it was asked for to what ended it, or to now', () => {
  expect(marksOf(changes, 12_000).pauses).toMatchObject([
    { from: 2_000, until: 5_000, by: 'ana', reason: 'lunch', isOpen: false },
    { from: 9_000, until: 12_000, by: null, isOpen: true },
  ]);
});

it('a continuation is a mark, and what comes after the moment that is shown is not there', () => {
  expect(marksOf(changes, 12_000).starts).toEqual([{ seq: 8, at: 8_000, words: 'continued', by: 'ana' }]);
  expect(marksOf(changes, 4_000)).toMatchObject({ pauses: [{ until: 4_000, isOpen: true }], starts: [] });
});
