import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../json.ts';
import { misfitsOf } from './json-schema.ts';

const PERSON: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, tags: { type: 'array', items: { enum: ['a', 'b'] } } },
};

describe('misfitsOf', () => {
  test.each<[string, Json]>([
    ['what is asked for', { name: 'Eva' }],
    ['more than is asked for', { name: 'Eva', tags: ['a'], age: 7 }],
  ])('accepts %s', (_, value) => {
    expect(misfitsOf(PERSON, value)).toEqual([]);
  });

  test.each<[Json, string]>([
    ['Eva', 'the value: '],
    [{}, 'the value: '],
    [{ name: 7 }, 'name: '],
    [{ name: 'Eva', tags: ['a', 'c'] }, 'tags.1: '],
  ])('says where %j does not fit', (value, place) => {
    const misfits = misfitsOf(PERSON, value);
    expect(misfits).toHaveLength(1);
    expect(misfits[0]).toMatch(new RegExp(`^${place}.+`));
  });

  test('leaves the schema as it is, also a frozen one', () => {
    const frozen = Object.freeze({ type: 'string', $defs: Object.freeze({}) });
    expect(misfitsOf(frozen, 'x')).toEqual([]);
    expect(misfitsOf(frozen, 1)).toHaveLength(1);
  });

  test('a schema without end fits nothing', () => {
    expect(misfitsOf({ $ref: '#' }, 1)[0]).toMatch(/^the schema cannot be applied: /);
  });
});

test.each([
  ['https://example.com/a?b=c#d', true],
  ['ftp://example.com', true],
  ['example.com', false],
  [`http://${'a'.repeat(4_000)} `, false],
])('an address is judged in bounded time', (text, fits) => {
  expect(misfitsOf({ format: 'url' }, text)).toHaveLength(fits ? 0 : 1);
});
