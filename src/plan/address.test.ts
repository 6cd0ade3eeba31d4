import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import {
  compareAddresses,
  faultOfIndex,
  faultOfKey,
  isWithin,
  keyOf,
  missingStep,
  parentOf,
  parseAddress,
  partsOf,
  pathOf,
  printAddress,
  regExpOf,
  itemOf,
  childOf,
} from './address.ts';

const key = fc.constantFrom('a', 'b', 'build', 'parse-changes', 'x1', '_z', 'a--b');
const index = fc.oneof(fc.nat(), fc.constantFrom('eu', 'us-east-1', 'B'));
const part = fc.record({ key, index: fc.option(index) });
const parts = fc.array(part, { minLength: 1, maxLength: 4 });
const address = parts.map(printAddress);
/** What a plan that nobody has compiled may call its steps. */
const anything = fc.oneof(
  address,
  fc.string(),
  fc.stringMatching(/^[ab[\]/*#.0-9]*$/),
  fc.array(fc.integer({ min: 0, max: 0x10_ff_ff })).map((points) => String.fromCodePoint(...points)),
);

test('an address comes back as it was written, with its parts', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const text = printAddress(given);
      expect(parseAddress(text)).toEqual({ ok: true, parts: given });
    }),
  );
});

test('any text is taken apart without loss', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(printAddress(partsOf(text))).toBe(text);
    }),
  );
});

test('what parses is sound, and what is sound parses', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const isSound = partsOf(text).every(
        (one) =>
          faultOfKey(one.key) === null && (one.index === null || faultOfIndex(String(one.index)) === null),
      );
      expect(parseAddress(text).ok).toBe(isSound);
    }),
  );
});

test.each([
  ['', 0, 'the key "" is missing'],
  ['a/', 2, 'the key "" is missing'],
  ['a//b', 2, 'the key "" is missing'],
  ['/a', 0, 'the key "" is missing'],
  ['a[]', 2, 'the index "" is missing'],
  [
    'build[03]/test',
    6,
    'the index "03" must be a whole number without leading zeros, or begin with a letter',
  ],
  ['build[-1]', 6, 'the index "-1" must begin with a letter'],
  ['build[*]', 6, 'the index "*" must begin with a letter'],
  ['build[1.5]', 6, 'without leading zeros'],
  ['build[1000000000000000]', 6, 'without leading zeros'],
  ['build[3]/te st', 9, 'the key "te st" must begin with a letter'],
  ['build[3', 0, 'the key "build[3" must begin with a letter'],
  ['build[3]x', 0, 'the key "build[3]x" must begin with a letter'],
  ['build[1][2]', 0, 'the key "build[1]" must begin with a letter'],
  ['a#1', 0, 'the key "a#1" must begin with a letter'],
  ['a.b', 0, 'the key "a.b" must begin with a letter'],
  [`a/${'k'.repeat(101)}`, 2, 'is longer than 100 characters'],
])('%s is no address: character %i', (text, at, why) => {
  expect(parseAddress(text)).toMatchObject({ ok: false, at, message: expect.stringContaining(why) });
});

test('the order is total, and the same however it is asked', () => {
  const sign = (a: string, b: string) => Math.sign(compareAddresses(a, b));
  fc.assert(
    fc.property(anything, anything, anything, (a, b, c) => {
      expect(sign(a, b)).toBe(-sign(b, a) + 0);
      expect(sign(a, b) === 0).toBe(a === b);
      const isAscending = sign(a, b) < 0 && sign(b, c) < 0;
      expect(isAscending && sign(a, c) >= 0).toBe(false);
    }),
  );
});

test('what stands above comes first, and numbers count', () => {
  const ordered = [
    'a',
    'a/z',
    'a[2]',
    'a[2]/x',
    'a[10]',
    'a[10]/b[3]',
    'a[10]/b[3]/c',
    'a[eu]',
    'a[us]',
    'a-b',
    'b',
  ];
  expect([...ordered].reverse().sort(compareAddresses)).toEqual(ordered);
});

test('steps and scopes stand above each other by turns', () => {
  const chain: (string | null)[] = ['build[eu]/retry[2]/check'];
  for (let at = chain[0] ?? null; at !== null; chain.push(at)) at = parentOf(at);
  expect(chain).toEqual([
    'build[eu]/retry[2]/check',
    'build[eu]/retry[2]',
    'build[eu]/retry',
    'build[eu]',
    'build',
    null,
  ]);
  fc.assert(
    fc.property(address, key, index, (scope, name, i) => {
      expect(parentOf(childOf(scope, name))).toBe(scope);
      expect(keyOf(childOf(scope, name))).toBe(name);
      const step = childOf(scope, name);
      expect(parentOf(itemOf(step, i))).toBe(step);
      expect(keyOf(itemOf(step, i))).toBe(name);
    }),
  );
  expect(parentOf(childOf(null, 'a'))).toBeNull();
});

test('the path is the way through the plan', () => {
  expect(pathOf('build[eu]/retry[2]/check')).toBe('build/retry/check');
  fc.assert(
    fc.property(parts, (given) => {
      expect(pathOf(printAddress(given))).toBe(given.map((one) => one.key).join('/'));
      expect(pathOf(pathOf(printAddress(given)))).toBe(pathOf(printAddress(given)));
    }),
  );
});

test('whatever stands above an address holds it, and nothing beside it does', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      for (let above: string | null = a; above !== null; above = parentOf(above))
        expect(isWithin(a, above)).toBe(true);
      expect(isWithin(a, pathOf(a))).toBe(true);
      expect(isWithin(a, a.replaceAll(/\[[^\]]*\]/g, '[*]'))).toBe(true);
      const isMutual = isWithin(a, b) && isWithin(b, a);
      expect(isMutual && pathOf(a) !== pathOf(b)).toBe(false);
    }),
  );
});

test('as a regular expression a pattern means the same', () => {
  fc.assert(
    fc.property(anything, anything, (one, pattern) => {
      expect(new RegExp(regExpOf(pattern)).test(one)).toBe(isWithin(one, pattern));
      expect(new RegExp(regExpOf(one)).test(one)).toBe(isWithin(one, one));
    }),
    { ...cases(2_000), examples: [['[/]', '']] },
  );
});

test('a step that a run does not have is named, with what was perhaps meant', () => {
  const known = ['plan', 'build', 'build[3]/test', 'build[10]/test'];
  expect(missingStep('biuld', known)).toBe('no step "biuld". Did you mean "build"?');
  expect(missingStep('build[4]/test', known)).toBe('no step "build[4]/test". Did you mean "build[3]/test"?');
  expect(missingStep('build[03]/lint/deep', known)).toBe(
    'no step "build[03]/lint/deep": the index "03" must be a whole number without leading zeros, or begin with a letter.',
  );
  expect(missingStep('summary', known)).toBe(
    'no step "summary". Known here: plan, build, build[3]/test, build[10]/test.',
  );
  expect(missingStep('x', [])).toBe('no step "x".');
});

test.each([
  ['build[3]/test', 'build', true],
  ['build[3]/test', 'build[*]', true],
  ['build[3]/test', 'build/test', true],
  ['build[3]/test', 'build[*]/test', true],
  ['build[3]/test', 'build[3]', true],
  ['build[3]/test', 'build[30]', false],
  ['build[30]/test', 'build[3]', false],
  ['build[3]/test', 'build[*]/lint', false],
  ['build[3]', 'build[3]/test', false],
  ['build', 'build[*]', false],
  ['builder', 'build', false],
  ['build[3]', 'build["3"]', false],
])('%s in %s: %s', (one, pattern, expected) => {
  expect(isWithin(one, pattern)).toBe(expected);
});
