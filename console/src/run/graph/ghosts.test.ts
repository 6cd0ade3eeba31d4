import { describe, expect, it } from 'vitest';
import { shownOf } from './folding.ts';
import { changesOf, ghostEdges, withGhosts, type Proposed } from './ghosts.ts';

const node = (key: string, level: number, x: number) => ({
  key,
  title: key,
  kind: 'agent',
  level,
  x,
  y: level * 120,
});
const graph = {
  hash: 'h',
  layout: 'elk' as const,
  width: 216,
  height: 184,
  nodes: [node('plan', 0, 0), node('report', 1, 0)],
  edges: [{ from: 'plan', to: 'report', points: [] }],
};
const NOTHING: Proposed = { added: [], removed: [], changed: [], rewired: [] };
const added = (step: string, ...dependencies: string[]) => ({
  step,
  kind: 'agent',
  agent: null,
  dependencies,
});
const edit: Proposed = {
  ...NOTHING,
  // As an edit may list them: what waits first.
  added: [added('check', 'look'), added('look', 'plan')],
  rewired: [{ step: 'report', dependencies: ['check'] }],
};
const overlaps = (nodes: readonly { readonly x: number; readonly y: number }[]) =>
  nodes.filter((one, at) =>
    nodes.slice(at + 1).some((other) => Math.abs(one.x - other.x) < 216 && Math.abs(one.y - other.y) < 64),
  );

describe('a proposed change of the plan', () => {
  it('is nothing to draw where it adds nothing', () => {
    expect(withGhosts(graph, [NOTHING])).toBe(graph);
  });

  it('stands beside what is there, each step below what it waits for', () => {
    const { nodes, edges } = withGhosts(graph, [edit]);
    expect(nodes.slice(0, 2)).toEqual(graph.nodes);
    expect(nodes.slice(2).map(({ key, level, y }) => [key, level, y])).toEqual([
      ['look', 1, 120],
      ['check', 2, 240],
    ]);
    expect(overlaps(nodes)).toEqual([]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'plan report',
      'look check',
      'plan look',
      'check report',
    ]);
  });

  it('tells of each step and edge what would become of it', () => {
    const drawn = withGhosts(graph, [edit]);
    const shown = shownOf(drawn, () => undefined, false, undefined);
    expect([...changesOf([edit])]).toEqual([
      ['report', 'changed'],
      ['check', 'added'],
      ['look', 'added'],
    ]);
    expect([...ghostEdges(graph, shown, [edit])]).toEqual([
      ['plan → report', 'removed'],
      ['look → check', 'added'],
      ['plan → look', 'added'],
      ['check → report', 'added'],
    ]);
    const gone = { ...NOTHING, removed: ['report'] };
    expect([
      ...ghostEdges(
        graph,
        shownOf(graph, () => undefined, false, undefined),
        [gone],
      ),
    ]).toEqual([['plan → report', 'removed']]);
  });

  it('of many siblings has room for each', () => {
    const many = Array.from({ length: 30 }, (_, at) => added(`n${at}`, 'plan'));
    expect(overlaps(withGhosts(graph, [{ ...NOTHING, added: many }]).nodes)).toEqual([]);
  });

  it('bears steps that wait for each other or for nothing that is there', () => {
    const odd = { ...NOTHING, added: [added('a', 'b'), added('b', 'a'), added('c', 'gone')] };
    expect(withGhosts(graph, [odd]).nodes.map(({ key }) => key)).toEqual(['plan', 'report', 'c', 'a', 'b']);
  });
});
