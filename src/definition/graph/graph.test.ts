import { describe, expect, test } from 'vitest';
import { graphOf, sinksOf } from './graph.ts';

const nodes = (edges: Record<string, string[]>) =>
  Object.entries(edges).map(([key, dependencies]) => ({ key, dependencies }));

describe('graphOf', () => {
  const diamond = nodes({ d: ['b', 'c'], b: ['a'], c: ['a'], a: [] });

  test('orders by level, then as written', () => {
    const graph = graphOf(diamond);
    expect(graph.order).toEqual(['a', 'b', 'c', 'd']);
    expect([...graph.levels]).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['d', 2],
    ]);
    expect(graph.cycle).toBeNull();
  });

  test('knows who comes before whom', () => {
    const graph = graphOf(diamond);
    expect([graph.isAncestor('a', 'd'), graph.isAncestor('b', 'c'), graph.isAncestor('d', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(graph.isAncestor('a', 'a')).toBe(false);
  });

  test('names a cycle and orders what does not depend on it', () => {
    const graph = graphOf(nodes({ free: [], a: ['c'], b: ['a'], c: ['b', 'free'], behind: ['b'] }));
    expect(graph.cycle).toEqual(['a', 'c', 'b', 'a']);
    expect(graph.order).toEqual(['free']);
  });

  test('a chain of 2,000 is 2,000 levels deep', () => {
    const chain = Array.from({ length: 2_000 }, (_, at) => ({
      key: `${at}`,
      dependencies: at === 0 ? [] : [`${at - 1}`],
    }));
    const graph = graphOf(chain);
    expect(graph.levels.get('1999')).toBe(1_999);
    expect(graph.isAncestor('0', '1999')).toBe(true);
  });

  test('sinks are what nothing depends on', () => {
    expect(sinksOf(nodes({ a: [], b: ['a'], c: ['a'] }))).toEqual(['b', 'c']);
  });
});
