import { expect, it } from 'vitest';
import { seenIn, withSeen } from './seen.ts';

it('keeps the newest 200 runs, one place each', () => {
  const runs = Array.from({ length: 250 }, (_, at) => `run-${at}`);
  const seen = [...runs, 'run-60'].reduce<ReturnType<typeof seenIn>>(
    (all, id, at) => withSeen(all, id, at),
    [],
  );
  expect(seen).toHaveLength(200);
  expect(seen[0]).toEqual(['run-50', 50]);
  expect(seen.filter(([id]) => id === 'run-60')).toEqual([['run-60', 250]]);
  expect(seen.at(-1)).toEqual(['run-60', 250]);
});

it('forgets what it cannot read', () => {
  expect(seenIn(null)).toEqual([]);
  expect(seenIn('{')).toEqual([]);
  expect(seenIn('{"a":1}')).toEqual([]);
  expect(seenIn('[["a",1],["b","2"],3,["c",4]]')).toEqual([
    ['a', 1],
    ['c', 4],
  ]);
});
