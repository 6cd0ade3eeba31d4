import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWhole } from '../../test/support/cases.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import { misfitsOf } from '../plan/schema/json-schema.ts';
import { FORM_COST } from '../plan/schema/schema-cost.ts';
import { judge } from '../plan/schema/schema-judge.ts';
import { isTooCostly } from './form-cost.ts';
import { formFaults } from './form.ts';

const doubling = (levels: number): JsonObject => ({
  $ref: '#/$defs/n0',
  $defs: Object.fromEntries(
    Array.from({ length: levels }, (_, i) => [
      `n${i}`,
      i === levels - 1 ? true : { allOf: [{ $ref: `#/$defs/n${i + 1}` }, { $ref: `#/$defs/n${i + 1}` }] },
    ]),
  ),
});

test.each<[string, JsonObject]>([
  ['anything', {}],
  ['a choice', { enum: ['a', 'b'] }],
  ['members', { type: 'object', required: ['a'], properties: { a: { type: ['string', 'null'] }, b: true } }],
  ['a part of itself', { items: { $ref: '#/$defs/n' }, $defs: { n: { type: 'integer' } } }],
  ['a pattern', { pattern: '^[a-z]+$' }],
  ['names of keywords as members', { properties: { $ref: { type: 'string' }, pattern: { type: 'number' } } }],
  ['data that looks like schemas', { const: { pattern: '(a+)+', $ref: 'https://example.com' } }],
  ['unknown keywords', { 'x-order': 3, widget: 'radio' }],
  ['a few references to references', doubling(5)],
])('takes %s, in both dialects', (_, form) => {
  expect(formFaults(form, 1)).toEqual([]);
  expect(formFaults(form)).toEqual([]);
});

test.each<[string, JsonObject, string, RegExp]>([
  ['an unknown type', { properties: { a: { type: 'strng' } } }, 'properties.a.type', /one of string/],
  ['members that are no map', { properties: 5 }, 'properties', /map of schemas/],
  ['a member that is no schema', { properties: { a: 'string' } }, 'properties.a', /must be a map/],
  ['required of the wrong kind', { required: true }, 'required', /list of texts/],
  ['an empty enum', { enum: [] }, 'enum', /list of values/],
  ['a negative length', { minLength: -1 }, 'minLength', /whole number/],
  ['a pattern that is none', { pattern: '(' }, 'pattern', /no regular expression/],
  ['a reference to elsewhere', { $ref: 'https://example.com/s.json' }, '$ref', /its own parts/],
  ['a reference to nothing', { $ref: '#/$defs/n' }, '$ref', /nothing at/],
  ['a base of its own', { $id: 'https://example.com/' }, '$id', /cannot have/],
  ['itself', { properties: { next: { $ref: '#' } } }, 'properties.next.$ref', /refers to itself/],
  [
    'parts that go round',
    { $ref: '#/a', a: { $ref: '#/b' }, b: { $ref: '#/a' } },
    '$ref.$ref.$ref',
    /itself/,
  ],
  ['references that grow without bound', doubling(20), '', /larger than/],
])('refuses %s, in both dialects', (_, form, place, message) => {
  for (const dialect of [1, 2] as const) {
    const faults = formFaults(form, dialect);
    expect(faults.map(({ at }) => at.join('.'))).toContain(place);
    expect(faults.map((fault) => fault.message).join(' ')).toMatch(message);
  }
});

test.each<[string, JsonObject, string, RegExp]>([
  ['a pattern that only loose engines take', { pattern: '\\_' }, 'pattern', /no regular expression/],
  ['a pattern that runs away', { items: { pattern: '^(a+)+$' } }, 'items.pattern', /repeats a group/],
  ['a pattern that takes long', { pattern: '.*a.*b.*c' }, 'pattern', /repeats too many/],
  ['a name that runs away', { patternProperties: { '(a*)*b': true } }, 'patternProperties.(a*)*b', /group/],
])('dialect 1 refuses %s', (_, form, place, message) => {
  expectFault(formFaults(form, 1), place, message);
});

test.each<[string, JsonObject, string, RegExp]>([
  ['a pattern that looks ahead', { items: { pattern: '^(?=a)' } }, 'items.pattern', /looks ahead/],
  ['a pattern that refers back', { pattern: '(a)\\1' }, 'pattern', /refers back/],
  ['a name', { patternProperties: { '(?<!a)b': true } }, 'patternProperties.(?<!a)b', /behind/],
  ['patterns without end', { pattern: '(a{900}){900}' }, 'pattern', /too large/],
  [
    'many patterns',
    { allOf: Array.from({ length: 40 }, (_, i) => ({ pattern: `a{800}${i}` })) },
    'allOf.7.pattern',
    /together/,
  ],
])('dialect 2 refuses %s', (_, form, place, message) => {
  expectFault(formFaults(form), place, message);
});

function expectFault(faults: ReturnType<typeof formFaults>, place: string, message: RegExp): void {
  expect(faults.map(({ at }) => at.join('.'))).toContain(place);
  expect(faults.map((fault) => fault.message).join(' ')).toMatch(message);
}

test('whatever is taken can be applied', () => {
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'allOf',
    'pattern',
    'required',
    'enum',
    'not',
  );
  const form = fc.dictionary(keyword, fc.oneof(json, fc.constantFrom('string', 'object', { a: {} })));
  fc.assert(
    fc.property(form, json, (schema, answer) => {
      const given = schema as JsonObject;
      const lines = formFaults(given, 1).length > 0 ? '' : misfitsOf(given, answer).join();
      expect(lines).not.toContain('cannot be applied');
      const kind = formFaults(given).length > 0 ? 'refused' : judge(given, answer, { most: FORM_COST }).kind;
      expect(kind).not.toBe('unusable');
    }),
  );
});

test.runIf(isWhole).each<[string, JsonObject, Json]>([
  ['a long text and a pattern', { pattern: 'a*a*b' }, 'a'.repeat(60_000)],
  ['a long text and a format', { properties: { m: { format: 'email' } } }, { m: 'a'.repeat(60_000) }],
  ['long names and a pattern', { patternProperties: { 'a*a*b': true } }, { ['a'.repeat(60_000)]: 1 }],
  ['a long list without doubles', { uniqueItems: true }, Array.from({ length: 10_000 }, (_, i) => i)],
  ['many schemas and many elements', { items: doubling(7) }, Array.from({ length: 10_000 }, () => 1)],
])('%s are too much', (_, form, answer) => {
  // References stand where they are looked for: at the top.
  const { items } = form as { items?: JsonObject };
  const whole = items?.['$defs'] === undefined ? form : { ...form, $defs: items['$defs'] };
  expect(formFaults(whole)).toEqual([]);
  expect(isTooCostly(whole, answer)).toBe(true);
});

test.each<[string, JsonObject, Json]>([
  ['a long text', { type: 'string' }, 'a'.repeat(60_000)],
  [
    'a long text beside a short one with a pattern',
    { properties: { m: { pattern: '.+@.+' } } },
    { m: 'a@b', t: 'a'.repeat(60_000) },
  ],
  ['a long list', { items: { type: 'integer' } }, Array.from({ length: 10_000 }, (_, i) => i)],
  ['a short list without doubles', { uniqueItems: true }, [1, 2, 3]],
])('%s is not', (_, form, answer) => {
  expect(isTooCostly(form, answer)).toBe(false);
});
