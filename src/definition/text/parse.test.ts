/** What the parser decides beside syntax: anchors, names that stand twice, and where things stand. */
import { describe, expect, test } from 'vitest';
import { Lines } from './lines.ts';
import { parseDefinition } from './parse.ts';

function valueOf(text: string): unknown {
  const parsed = parseDefinition(text);
  return 'source' in parsed ? parsed.source.value : parsed.errors.map(({ line, code }) => `${line} ${code}`);
}

describe('aliases', () => {
  test.each<[string, string, unknown]>([
    ['mean the last anchor before them', '[&a 1, *a, &a 2, *a]', [1, 1, 2, 2]],
    ['leave anchors as they are', '[&b { x: &a 1 }, &a 2, *b, *a]', [{ x: 1 }, 2, { x: 1 }, 2]],
    ['of aliases', '[&a 1, &b [*a], *b]', [1, [1], [1]]],
    ['of nothing', 'a: 1\nb: *c', ['2 yaml_syntax']],
    ['of themselves', 'a: &a [*a]', ['1 too_deep']],
  ])('%s', (_, text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  test('know the places of what they stand for', () => {
    const parsed = parseDefinition('a: &x\n  b: 1\nc: *x');
    expect('source' in parsed && parsed.source.locate(['c', 'b'], 'value')).toEqual({ line: 2, column: 6 });
  });
});

describe('names that stand twice', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', ['3 field_duplicate']],
    ['a: 1\n"a": 3', ['2 field_duplicate']],
    ['1: a\n"1": b', ['2 field_duplicate']],
    ['x: { a: 1, a: 2 }\ny: [{ b: 1,\n b: 2 }]', ['1 field_duplicate', '3 field_duplicate']],
  ])('%j', (text, errors) => {
    expect(valueOf(text)).toEqual(errors);
  });
});

test('blocks may not be indented for ever', () => {
  const nested = (depth: number): string =>
    Array.from({ length: depth }, (_, n) => `${' '.repeat(n)}a:\n`).join('');
  expect(valueOf(nested(50))).toHaveProperty('a.a.a.a');
  expect(valueOf(nested(60))).toEqual(['52 too_deep']);
});

test('lines and columns count from 1', () => {
  const lines = new Lines('ab\n\ncd');
  expect([0, 1, 2, 3, 4, 5, 6].map((at) => Object.values(lines.positionOf(at)).join(':'))).toEqual([
    ...['1:1', '1:2', '1:3', '2:1', '3:1', '3:2', '3:3'],
  ]);
});
