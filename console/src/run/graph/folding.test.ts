import { describe, expect, it } from 'vitest';
import { neighbour, pressing, shownOf } from './folding.ts';

const fan = ['f1', 'f2', 'f3', 'f4', 'f5'];
const node = (key: string, level: number, x: number) => ({
  key,
  title: key,
  kind: 'agent',
  level,
  x,
  y: level * 100,
});
const graph = {
  hash: 'h',
  layout: 'elk' as const,
  width: 500,
  height: 300,
  nodes: [node('a', 0, 200), ...fan.map((key, at) => node(key, 1, at * 100)), node('z', 2, 200)],
  edges: fan.flatMap((key) => [
    { from: 'a', to: key, points: [] },
    { from: key, to: 'z', points: [] },
  ]),
};
const statusOf = (key: string) =>
  key === 'f5' ? ('running' as const) : key === 'z' ? ('pending' as const) : ('completed' as const);

describe('a graph', () => {
  it('shows everything unless it is folded', () => {
    expect(shownOf(graph, statusOf, false, undefined).nodes.map(({ id }) => id)).toEqual(['a', ...fan, 'z']);
  });

  it('folds finished siblings into one node, with their edges', () => {
    const { nodes, edges } = shownOf(graph, statusOf, true, undefined);
    expect(nodes.map(({ id, keys }) => [id, keys.length])).toEqual([
      ['a', 1],
      ['f5', 1],
      ['z', 1],
      ['group of f1', 4],
    ]);
    expect(edges.map(({ id }) => id)).toEqual(['a → group of f1', 'group of f1 → z', 'a → f5', 'f5 → z']);
  });

  it('leaves the chosen one apart, and few siblings', () => {
    expect(shownOf(graph, statusOf, true, 'f1').nodes.map(({ id }) => id)).toEqual(['a', ...fan, 'z']);
  });

  it('folds finished chains, up to where they fork and to what is chosen', () => {
    const keys = ['b', 'c', 'd', 'e', 'f', 'g'];
    const chain = {
      ...graph,
      nodes: ['a', ...keys].map((key, at) => node(key, at, 0)),
      edges: [
        ...keys.slice(1).map((key, at) => ({ from: keys[at] ?? '', to: key, points: [] })),
        { from: 'a', to: 'b', points: [] },
        { from: 'a', to: 'g', points: [] },
      ],
    };
    const idsOf = (chosen?: string) =>
      shownOf(chain, () => 'completed', true, chosen).nodes.map(({ id, keys: of }) => `${id} ${of.length}`);
    expect(idsOf()).toEqual(['a 1', 'g 1', 'group of b 5']);
    expect(idsOf('c')).toEqual(['a 1', 'b 1', 'c 1', 'g 1', 'group of d 3']);
    expect(shownOf(chain, () => 'completed', true, undefined).edges.map(({ id }) => id)).toEqual([
      'group of b → g',
      'a → group of b',
      'a → g',
    ]);
  });

  it('opens on what matters now', () => {
    const step = (
      key: string,
      status: 'completed' | 'pending' | 'running' | 'failed',
      dependencies: string[] = [],
      tolerated = false,
    ) => ({ key, status, dependencies, tolerated });
    expect(pressing([step('a', 'completed'), step('b', 'running'), step('c', 'failed')])).toEqual(['b', 'c']);
    expect(
      pressing([step('a', 'failed', [], true), step('b', 'pending', ['a']), step('c', 'pending', ['b'])]),
    ).toEqual(['b']);
    expect(pressing([step('a', 'completed'), step('b', 'completed')])).toEqual(['a']);
  });

  it('is walked by arrows', () => {
    expect([
      neighbour(graph, 'a', 'ArrowDown'),
      neighbour(graph, 'f3', 'ArrowUp'),
      neighbour(graph, 'f3', 'ArrowRight'),
      neighbour(graph, 'f1', 'ArrowLeft'),
    ]).toEqual(['f3', 'a', 'f4', undefined]);
  });
});
