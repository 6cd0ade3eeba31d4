import { expect, test } from 'vitest';
import { allOf, joined, literally, sql } from './sql.ts';

test('statements within statements count their parameters on', () => {
  const inner = sql`a = ${1} and b = ${'two'}`;
  const { text, values } = sql`select ${0} where ${inner} or ${inner} limit ${10}`;
  expect(text).toBe('select $1 where a = $2 and b = $3 or a = $4 and b = $5 limit $6');
  expect(values).toEqual([0, 1, 'two', 1, 'two', 10]);
});

test('joined, they are one', () => {
  const { text, values } =
    sql`(${joined([sql`a = ${1}`, literally('b'), sql`c = ${2}`], ' or ')}) and d = ${3}`;
  expect(text).toBe('(a = $1 or b or c = $2) and d = $3');
  expect(values).toEqual([1, 2, 3]);
});

test('of no conditions all hold', () => {
  expect(sql`where ${allOf([])}`).toMatchObject({ text: 'where true', values: [] });
  expect(allOf([sql`a = ${1}`, sql`b`])).toMatchObject({ text: 'a = $1 and b', values: [1] });
});
