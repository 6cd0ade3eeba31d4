import { expect, test } from 'vitest';
import { difference } from './difference.ts';

test.each<[unknown, unknown, string | null]>([
  [1, 1, null],
  [1, '1', '$'],
  [null, {}, '$'],
  [{ a: 1, b: undefined }, { a: 1 }, null],
  [{ a: 1 }, { a: 1, b: undefined }, null],
  [{ a: 1 }, { a: 1, b: null }, '$.b'],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, '$.a.b[1]'],
  [[1], [1, 2], '$.length'],
  [[], {}, '$'],
  [{ b: 1, a: 2 }, { a: 2, b: 1 }, null],
  [[undefined], [null], null],
])('%j against %j: %s', (left, right, expected) => {
  expect(difference(left, right)).toBe(expected);
});
