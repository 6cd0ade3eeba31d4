import { expect, it } from 'vitest';
import { levelsOf } from './levels.ts';

const step = (key: string, level: number) => ({ key, title: key, kind: 'wait', level, dependencies: [] });

it('groups steps by level, whatever order they come in', () => {
  const levels = levelsOf([step('c', 2), step('a', 0), step('b', 2)]);
  expect(levels.map(({ level, steps }) => [level, ...steps.map(({ key }) => key)])).toEqual([
    [0, 'a'],
    [2, 'c', 'b'],
  ]);
});
