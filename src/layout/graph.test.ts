import { describe, expect, it } from 'vitest';
import { byLevels, edgesOf, hashOf, NODE } from './graph.ts';
import { Layouter } from './layouter.ts';

const step = (key: string, ...dependencies: string[]) => ({ key, dependencies });
const diamond = [step('a'), step('b', 'a'), step('c', 'a'), step('d', 'c', 'b')];

const overlaps = (nodes: readonly { readonly x: number; readonly y: number }[]) =>
  nodes.filter((one, at) =>
    nodes
      .slice(at + 1)
      .some((other) => Math.abs(one.x - other.x) < NODE.width && Math.abs(one.y - other.y) < NODE.height),
  );

describe('the form of a graph', () => {
  it('is the same for the same keys and dependencies, in whatever order these are told', () => {
    expect(hashOf(diamond)).toBe(hashOf([step('a'), step('b', 'a'), step('c', 'a'), step('d', 'b', 'c')]));
    expect(hashOf(diamond)).not.toBe(hashOf([step('a'), step('b', 'a'), step('c', 'a'), step('d', 'b')]));
  });

  it('has the edges between steps that are there', () => {
    expect(edgesOf([step('b', 'a', 'gone'), step('a')])).toEqual([{ from: 'a', to: 'b' }]);
  });
});

describe('rows by levels', () => {
  it('put each step below all that it waits for, and none over another', () => {
    const { nodes } = byLevels(diamond);
    expect(nodes.map(({ key, y }) => [key, y / 120])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['d', 2],
    ]);
    expect(overlaps(nodes)).toEqual([]);
  });

  it('cut what is very wide', () => {
    const wide = [step('a'), ...Array.from({ length: 1_000 }, (_, at) => step(`f${at}`, 'a'))];
    expect(byLevels(wide).width).toBeLessThan(10_000);
    expect(overlaps(byLevels(wide).nodes)).toEqual([]);
  });
});

describe('the layout engine', () => {
  it('draws downward, with a way for each edge', async () => {
    const { engine, nodes, edges, width, height } = await new Layouter().layout(diamond);
    const at = (key: string) => nodes.find((node) => node.key === key)?.y ?? Number.NaN;
    expect(engine).toBe('elk');
    expect([at('a') < at('b'), at('b') < at('d'), at('c') < at('d')]).toEqual([true, true, true]);
    expect(edges.map(({ points }) => points.length >= 2)).toEqual([true, true, true, true]);
    expect(overlaps(nodes)).toEqual([]);
    expect([width, height].every((size) => size > 0)).toBe(true);
  });

  it('is not waited for for ever: then there are rows', async () => {
    const { engine } = await new Layouter({ deadlineMs: 0 }).layout(diamond);
    expect(engine).toBe('levels');
  });

  it('has nothing to draw of nothing', async () => {
    expect(await new Layouter().layout([])).toMatchObject({ nodes: [], edges: [] });
  });
});
