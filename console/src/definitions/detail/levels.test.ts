import { expect, it } from 'vitest';
import { levelsOf, widthOf } from './levels.ts';

const step = (key: string, level: number) => ({ key, title: key, kind: 'wait', level, dependencies: [] });

it('groups steps by level, whatever order they come in', () => {
  const levels = levelsOf([step('c', 2), step('a', 0), step('b', 2)]);
  expect(levels.map(({ level, steps }) => [level, ...steps.map(({ key }) => key)])).toEqual([
    [0, 'a'],
    [2, 'c', 'b'],
  ]);
});

it('knows how wide a plan is', () => {
  expect(widthOf([step('a', 0), step('b', 1), step('c', 1)])).toBe(2);
  expect(widthOf([])).toBe(0);
});
