import { expect, it } from 'vitest';
import type { Graph } from '../../api/generated.ts';
import { firstSight } from './first-sight.ts';

const node = (key: string, level: number, x: number): Graph['nodes'][number] => ({
  key,
  title: key,
  kind: 'wait',
  level,
  x,
  y: level * 120,
});

it('a small plan is in sight whole', () => {
  const nodes = [node('a', 0, 100), node('b', 1, 0), node('c', 1, 200)];
  expect(firstSight({ nodes })).toEqual(['a', 'b', 'c']);
  expect(firstSight({ nodes: [] })).toEqual([]);
});

it('of a wide one the beginning, with what stands nearest below it', () => {
  const fan = Array.from({ length: 101 }, (_, at) => node(`p${at}`, 1, at * 240));
  const seen = firstSight({ nodes: [node('start', 0, 50 * 240), ...fan, node('end', 2, 50 * 240)] });
  expect(seen).toEqual(['start', 'p50', 'p49', 'p51', 'end', 'p48', 'p52', 'p47']);
});
