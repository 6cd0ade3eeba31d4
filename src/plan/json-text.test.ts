import { describe, expect, test } from 'vitest';
import { isDeeperThan } from './depth.ts';
import { countValues, parseJson } from './json-text.ts';

const LIMITS = { values: 10, depth: 3 };

describe('JSON is looked at before it is parsed', () => {
  test.each<[string, unknown]>([
    ['1', 1],
    ['[[[]]]', [[[]]]],
    ['{"a": [1, 2, 3, 4]}', { a: [1, 2, 3, 4] }],
    ['"[[[[[[,,,,,,,,,,,,,,"', '[[[[[[,,,,,,,,,,,,,,'],
    ['["\\"[[[[", "\\\\", "[[[["]', ['"[[[[', '\\', '[[[[']],
  ])('%s is taken', (text, value) => {
    expect(parseJson(text, LIMITS)).toEqual(value);
  });

  test.each([
    ['[1,2,3,4,5,6,7,8,9,10]', /more than 10 values/],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', /more than 10 values/],
    ['[{},{},{},{},{}]', /more than 10 values/],
    ['[[[[]]]]', /more than 3 levels/],
    [`["\\\\",[[[`, /more than 3 levels/],
    ['['.repeat(1_000_000), /more than/],
  ])('%.20s is not', (text, message) => {
    expect(() => parseJson(text, LIMITS)).toThrow(message);
  });

  test.each(['', '[', '"', '"\\', '{]', '[1,'])('%j is no JSON', (text) => {
    expect(() => parseJson(text, LIMITS)).toThrow(SyntaxError);
  });

  test('a string of nothing but escapes is gone through once', () => {
    const text = `"${'\\\\'.repeat(1_000_000)}${'\\"'.repeat(1_000_000)}"`;
    expect(countValues(text, LIMITS)).toBe(1);
  });
});

test('depth is that of lists and objects', () => {
  expect([1, [], [[]], { a: [{}] }].map((value) => isDeeperThan(value, 1))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(isDeeperThan({ a: [{}] }, 3)).toBe(false);
});
