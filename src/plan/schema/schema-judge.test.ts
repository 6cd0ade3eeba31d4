import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases, isWhole } from '../../../test/support/cases.ts';
import { misfitsOf } from './json-schema.ts';
import type { Json, JsonObject } from '../json.ts';
import { judge, linesOfMisfits } from './schema-judge.ts';

const MOST = 400_000;

function linesOf(schema: JsonObject, value: Json): readonly string[] {
  const judged = judge(schema, value, { most: MOST });
  return judged.kind === 'judged' ? linesOfMisfits(judged.misfits) : [judged.kind];
}

const PERSON: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', pattern: '^[A-Z]' }, tags: { items: { enum: ['a', 'b'] } } },
  patternProperties: { '^x-': { type: 'integer' }, n: { minLength: 3 } },
  additionalProperties: false,
};

describe('judge', () => {
  test.each<[string, JsonObject, Json]>([
    ['what is asked for', PERSON, { name: 'Eva', tags: ['a'], 'x-age': 7 }],
    ['a pattern and a format', { pattern: 'a', format: 'email' }, 'a@b.org'],
    ['a part of itself', { $ref: '#/$defs/n', $defs: { n: { items: { $ref: '#/$defs/n' } } } }, [[[]]]],
    ['a pattern where another is refused', { anyOf: [{ pattern: '^a' }, { pattern: 'b$' }] }, 'cb'],
    ['members named like keywords', { properties: { pattern: { type: 'integer' } } }, { pattern: 1 }],
    [
      'names of Object.prototype',
      { patternProperties: { '^_': { type: 'integer' } } },
      JSON.parse('{"__proto__": 1}'),
    ],
  ])('accepts %s', (_, schema, value) => {
    expect(linesOf(schema, value)).toEqual([]);
  });

  test.each<[string, JsonObject, Json, readonly string[]]>([
    ['a pattern', PERSON, { name: 'eva' }, ['name: String does not match pattern.']],
    [
      'a pattern beside a format',
      { format: 'email', pattern: 'z' },
      'a@b.org',
      ['the value: String does not match pattern.'],
    ],
    [
      'a member by pattern',
      PERSON,
      { name: 'Eva', 'x-age': 'old' },
      ['x-age: Instance type "string" is invalid. Expected "integer".'],
    ],
    ['two patterns of one name', PERSON, { name: 'Ev' }, ['name: String is too short (2 < 3).']],
    ['a member that is not named', PERSON, { name: 'Eva', age: 7 }, ['age: Nothing is allowed here.']],
    ['a name', { propertyNames: { pattern: '^a' } }, { b: 1 }, ['b: String does not match pattern.']],
    [
      'an element',
      { items: { enum: ['a', 'b'] } },
      ['a', 'c'],
      ['1: Instance does not match any of ["a","b"].'],
    ],
    [
      'what only a reference leads to',
      { $ref: '#/parts/p', parts: { p: { pattern: '^(a+)+$' } } },
      `${'a'.repeat(40)}!`,
      ['the value: String does not match pattern.'],
    ],
  ])('says that %s does not fit', (_, schema, value, lines) => {
    expect(linesOf(schema, value)).toEqual(lines);
  });

  test.runIf(isWhole).each<[string, JsonObject, Json]>([
    ['a long text and a large pattern', { pattern: '(a|b)*a(a|b){90}c' }, 'a'.repeat(200_000)],
    ['a long text and a format', { format: 'url' }, `http://${':'.repeat(900_000)}`],
    ['a long list without doubles', { uniqueItems: true }, Array.from({ length: 10_000 }, (_, i) => i)],
    [
      'lists that are compared',
      { uniqueItems: true },
      Array.from({ length: 500 }, () => Array.from({ length: 100 }, () => 1)),
    ],
    [
      'many names and many patterns',
      { patternProperties: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`a{99}${i}`, true])) },
      Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`n${i}`, i])),
    ],
    [
      'names beside the patterns',
      { properties: { a: { patternProperties: { '(a|b){300}c': true } } } },
      { a: {}, b: Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`n${i}`, i])) },
    ],
    [
      'choices that are shown at each element',
      { items: { enum: Array.from({ length: 2_000 }, (_, i) => `choice ${i}`) } },
      Array.from({ length: 10_000 }, () => 'x'),
    ],
    [
      'ways that double at each level',
      {
        $ref: '#/$defs/n',
        $defs: { n: { anyOf: [{ items: { $ref: '#/$defs/n' } }, { items: { $ref: '#/$defs/n' } }] } },
      },
      JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as Json,
    ],
    ['itself without end', { $ref: '#' }, 1],
  ])('does not begin: %s', (_, schema, value) => {
    expect(judge(schema, value, { most: MOST }).kind).toBe('too_costly');
  });

  test('tells a schema that cannot be applied', () => {
    expect(judge({ pattern: '(?=a)' }, 'a', { most: MOST })).toMatchObject({
      kind: 'unusable',
      why: expect.stringContaining('looks ahead'),
    });
    expect(judge({ $ref: '#/$defs/none' }, 'a', { most: MOST }).kind).toBe('unusable');
  });

  test('judges as the library does', () => {
    const word = fc.constantFrom('a', 'ab', 'b', '1', 'x y');
    const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
    const named = fc.dictionary(word, fc.oneof(word, fc.integer(), value), { maxKeys: 4 });
    const pattern = fc.constantFrom('^a', 'b$', '[0-9]', '^.$', 'a|x', '\\s');
    const keywords = {
      type: fc.constantFrom('string', 'object', 'integer', 'array'),
      pattern,
      additionalProperties: fc.boolean(),
      minLength: fc.nat(3),
    };
    const around = (inner: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
      fc.record(
        {
          ...keywords,
          patternProperties: fc.dictionary(pattern, inner, { maxKeys: 2 }),
          properties: fc.dictionary(word, inner, { maxKeys: 2 }),
          anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
          not: inner,
          items: inner,
        },
        { requiredKeys: [] },
      );
    const schema = around(around(fc.record(keywords, { requiredKeys: [] })));
    fc.assert(
      fc.property(schema, fc.oneof(word, named, value), (given, one) => {
        const judged = judge(given, one as Json, { most: MOST });
        expect(judged.kind).toBe('judged');
        const fits = judged.kind === 'judged' && judged.misfits.length === 0;
        expect(fits).toBe(misfitsOf(given, one as Json).length === 0);
      }),
      cases(500),
    );
  });
});
