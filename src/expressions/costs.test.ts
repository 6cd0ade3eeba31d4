import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../plan/json.ts';
import type { Scope } from '../plan/template.ts';
import { evaluate, render, renderer } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS, LIST_MACROS, METHODS } from './functions.ts';
import { ACTIVITY_COST, WORKFLOW_COST } from './meter.ts';

/**
 * Ten times what a call may take on an idle machine: what is not bounded takes minutes. Of the processor's time, so
 * that it does not matter what else the machine does.
 */
const CALL_MS = 500;
const TASK_MS = 1_000;

const scope = (inputs: Record<string, Json>): Scope => ({
  inputs,
  steps: {},
  run: { id: 'r', workflow: 'w', version: '1' },
});

/** Milliseconds of processor time; whatever an expression may throw is an answer too. */
function timeOf(work: () => unknown): number {
  const begun = process.cpuUsage();
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown;
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}

const same = (size: number): string => 'a'.repeat(size);

/** By function: the worst of its uses, and the values for a size. */
const WORST: Readonly<
  Record<string, readonly (readonly [string, (size: number) => Record<string, Json>])[]>
> = {
  has: [['has(inputs.x.y)', (n) => ({ x: listOf(n) })]],
  default: [['default(inputs.x.y, 1)', (n) => ({ x: listOf(n) })]],
  size: [['size(inputs.t)', (n) => ({ t: '🎯'.repeat(n / 2) })]],
  string: [['string(inputs.t).size()', (n) => ({ t: same(n) })]],
  int: [['int(inputs.t)', (n) => ({ t: ' '.repeat(n) })]],
  double: [
    ['double(inputs.t)', (n) => ({ t: `0.${'0'.repeat(n)}1` })],
    ['double(inputs.t)', (n) => ({ t: `0x${'f'.repeat(n)}` })],
  ],
  bool: [['bool(inputs.t)', (n) => ({ t: same(n) })]],
  json: [
    ['json(inputs.x)', (n) => ({ x: listOf(n) })],
    ['json(inputs.t)', (n) => ({ t: '\u0001'.repeat(n) })],
    ['json([1, 2].map(a, [a, a]).map(a, [a, a]).map(a, [inputs.x, inputs.x]))', (n) => ({ x: listOf(n) })],
  ],
  parse_json: [
    ['size(parse_json(inputs.t))', (n) => ({ t: `[${'[],'.repeat(n / 3)}1]` })],
    ['size(parse_json(inputs.t))', (n) => ({ t: `{${manyNames(n / 8)}"z":1}` })],
    ['size(parse_json(inputs.t))', (n) => ({ t: `[${manyShapes(n / 10)}1]` })],
    ['parse_json(inputs.t)', (n) => ({ t: '['.repeat(n) })],
    ['parse_json(inputs.t)', (n) => ({ t: `${'['.repeat(n / 2)}${']'.repeat(n / 2)}` })],
  ],
  join: [
    ['size(inputs.x.join(inputs.t))', (n) => ({ x: listOf(n), t: same(n) })],
    ['size(join(inputs.x, ","))', (n) => ({ x: Array.from({ length: n / 8 }, (_, i) => i / 7) })],
  ],
  split: [
    ['size(inputs.t.split(""))', (n) => ({ t: same(n) })],
    ['size(split(inputs.t, inputs.u))', (n) => ({ t: same(n), u: same(9) })],
    ['size(split(inputs.t, inputs.u))', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
  ],
  lower: [
    ['inputs.t.lower().size()', (n) => ({ t: 'İ'.repeat(n) })],
    ['lower(inputs.t).size()', (n) => ({ t: `${'\u0301'.repeat(n / 2)}${'Σ'.repeat(n / 2)}` })],
  ],
  upper: [['inputs.t.upper().size()', (n) => ({ t: 'ΐ'.repeat(n) })]],
  trim: [['inputs.t.trim().size()', (n) => ({ t: `${' '.repeat(n)}a${' '.repeat(n)}` })]],
  replace: [
    ['inputs.t.replace("a", inputs.t).size()', (n) => ({ t: same(n) })],
    ['inputs.t.replace("", inputs.t).size()', (n) => ({ t: same(n) })],
    ['inputs.t.replace(inputs.u, "").size()', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
  ],
  keys: [['size(keys(inputs.m))', (n) => ({ m: mapOf(n / 8) })]],
  values: [['size(values(inputs.m))', (n) => ({ m: mapOf(n / 8) })]],
  sum: [['sum(inputs.x)', (n) => ({ x: listOf(n) })]],
  contains: [
    ['inputs.t.contains(inputs.u)', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
    ['inputs.t.contains(inputs.u)', (n) => ({ t: same(n), u: `${same(n / 4)}b${same(n / 4)}` })],
    ['inputs.t.contains("aaaaaaab")', (n) => ({ t: same(n) })],
  ],
  startsWith: [['inputs.t.startsWith(inputs.u)', (n) => ({ t: same(n), u: `${same(n - 1)}b` })]],
  endsWith: [['inputs.t.endsWith(inputs.u)', (n) => ({ t: same(n), u: `b${same(n - 1)}` })]],
  indexOf: [
    ['inputs.t.indexOf(inputs.u)', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
    ['inputs.t.indexOf(inputs.u, 1)', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
  ],
  lastIndexOf: [
    ['inputs.t.lastIndexOf(inputs.u)', (n) => ({ t: same(n), u: `b${same(n / 4)}` })],
    ['inputs.t.lastIndexOf(inputs.u)', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
    ['inputs.t.lastIndexOf("baaaaaaa")', (n) => ({ t: same(n) })],
  ],
  substring: [['inputs.t.substring(1, size(inputs.t)).size()', (n) => ({ t: same(n) })]],
  matches: [
    ['inputs.t.matches("(a+)+$")', (n) => ({ t: `${same(n)}!` })],
    ['inputs.t.matches("(a|b)*a(a|b){20}[cd]")', (n) => ({ t: 'abbab'.repeat(n / 5) })],
    ['inputs.t.matches("(?:[ab]?){200}[cd]")', (n) => ({ t: 'abbab'.repeat(n / 5) })],
    ['inputs.t.matches("^(?:\\\\p{L}|\\\\p{N})*$")', (n) => ({ t: 'é1ж'.repeat(n / 3) })],
    [`inputs.t.matches("^${'(a|aa)'.repeat(30)}b$")`, (n) => ({ t: same(n) })],
    ['inputs.t.matches(inputs.p)', (n) => ({ t: 'x', p: 'a{100}|'.repeat(n / 7) })],
    [
      'inputs.t.matches(inputs.p)',
      (n) => ({ t: 'x', p: `(?i)${'[B-\\u{1e942}]'.repeat(Math.min(60, n / 13))}` }),
    ],
  ],
};

const listOf = (n: number): Json => Array.from({ length: n / 2 }, (_, i) => i % 10);
const mapOf = (n: number): Json => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1]));
const manyNames = (n: number): string => Array.from({ length: n }, (_, i) => `"k${i}":1,`).join('');
const manyShapes = (n: number): string => Array.from({ length: n }, (_, i) => `{"k${i}":1},`).join('');

describe('a call', () => {
  const names = [...new Set([...FUNCTIONS, ...METHODS])].filter((name) => !LIST_MACROS.has(name));

  test('has its worst uses here, whatever it is', () => {
    expect(Object.keys(WORST).toSorted()).toEqual(names.toSorted());
  });

  const uses = Object.entries(WORST).flatMap(([name, all]) => all.map((use) => [name, ...use] as const));
  test.each(uses)('of %s is refused or short: %.60s', (_, source, values) => {
    for (const size of [1_000, 8_000, 64_000, 400_000]) {
      const seen = scope(values(size));
      expect(timeOf(() => evaluate(source, seen, { limit: ACTIVITY_COST }))).toBeLessThan(CALL_MS);
    }
  });
});

describe('an operator', () => {
  const deep = JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`) as Json;
  test.each<[string, Record<string, Json>]>([
    ['inputs.x.all(a, inputs.x == inputs.x.map(b, b))', { x: listOf(60_000) }],
    ['inputs.x.all(a, inputs.d == inputs.d)', { x: listOf(60_000), d: deep }],
    [
      'inputs.x.filter(a, inputs.t in inputs.l)',
      { x: listOf(60_000), t: same(2_000), l: Array.from({ length: 30 }, () => `${same(1_999)}b`) },
    ],
    ['inputs.x.filter(a, inputs.t < inputs.u)', { x: listOf(60_000), t: same(9_000), u: same(9_001) }],
    ['inputs.x.map(a, inputs.x + inputs.x)', { x: listOf(60_000) }],
    ['inputs.x.map(a, inputs.t + string(a) == inputs.t + string(a))', { x: listOf(60_000), t: same(9_000) }],
    [`[[1], [1]]${'.map(a, [a, a])'.repeat(30)} == [[1], [1]]${'.map(a, [a, a])'.repeat(30)}`, {}],
    [`[[1], [1]]${'.map(a, [a, a])'.repeat(30)}`, {}],
    [`inputs.x.map(a, ${'1 + '.repeat(900)}1)`, { x: listOf(60_000) }],
    [`inputs.x.map(a, ${' '.repeat(7_000)}default(a.x, 1))`, { x: listOf(60_000) }],
    ['inputs.x.exists(a, inputs.x.exists(b, inputs.x.exists(c, c.x)))', { x: listOf(60_000) }],
    ['inputs.x.map(a, inputs.m[inputs.t + string(a)])', { x: listOf(60_000), m: {}, t: same(9_000) }],
    ['inputs.x.map(a, {"a": inputs.x.map(b, {"b": b})})', { x: listOf(60_000) }],
  ])('ends in time: %.60s', (source, values) => {
    expect(timeOf(() => evaluate(source, scope(values), { limit: ACTIVITY_COST }))).toBeLessThan(TASK_MS);
  });
});

describe('a template', () => {
  test('of many expressions, or of large values, ends in time', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => ({ $expr: `inputs.t + "${i}"` }));
    expect(timeOf(() => render(many, scope({ t: 'a' }), { limit: ACTIVITY_COST }))).toBeLessThan(TASK_MS);
    const large = { $text: Array.from({ length: 50_000 }, () => ({ $expr: 'inputs.t' })) };
    expect(timeOf(() => render(large, scope({ t: same(60_000) })))).toBeLessThan(TASK_MS);
  });

  test('shares its budget with the others of its activity', () => {
    const fill = renderer(scope({ x: listOf(60_000) }), ACTIVITY_COST);
    const heavy = { $expr: 'size(inputs.x.filter(a, inputs.x.exists(b, b > 5 && a > 5)))' };
    const work = () => Array.from({ length: 200 }, () => fill(heavy));
    expect(timeOf(work)).toBeLessThan(2 * TASK_MS);
    expect(work).toThrow(ExpressionError);
    expect(renderer(scope({ a: 1 }), ACTIVITY_COST)({ $expr: 'inputs.a' })).toBe(1);
  });
});

/** Expressions of the grammar over `inputs.t` (a text), `inputs.x` (a list), `inputs.m` (a map) and elements. */
function expressions(): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(
    'inputs.t',
    'inputs.x',
    'inputs.m',
    'inputs.l',
    '1',
    '"a"',
    '""',
    '1.5',
    'e',
    'e.k1',
    'true',
  );
  const around = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 1, arbitrary: leaf },
      { weight: 2, arbitrary: binary(inner) },
      { weight: 2, arbitrary: method(inner) },
      { weight: 3, arbitrary: loop(inner) },
      { weight: 1, arbitrary: other(inner) },
    );
  return around(around(around(around(leaf))));
}

const binary = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(inner, fc.constantFrom('+', '-', '*', '==', '!=', '<', 'in', '&&', '||'), inner)
    .map(([a, operator, b]) => `(${a} ${operator} ${b})`);

const method = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(
      inner,
      fc.constantFrom(
        'contains',
        'indexOf',
        'lastIndexOf',
        'split',
        'join',
        'matches',
        'startsWith',
        'size',
        'upper',
        'trim',
        'replace',
      ),
      inner,
      inner,
    )
    .map(([receiver, name, a, b]) => {
      if (['size', 'upper', 'trim'].includes(name)) return `${receiver}.${name}()`;
      return `${receiver}.${name}(${name === 'replace' ? `${a}, ${b}` : a})`;
    });

const loop = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(inner, fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one'), inner)
    .map(([list, name, body]) => `${list}.${name}(e, ${body})`);

const other = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom('json', 'parse_json', 'string', 'keys', 'sum', 'default', '[]', '{}', '?:'),
      inner,
      inner,
    )
    .map(([name, a, b]) => {
      if (name === '[]') return `[${a}, ${b}]`;
      if (name === '{}') return `{"a": ${a}, "b": ${b}}`;
      if (name === '?:') return `(${a} == ${b} ? ${a} : ${b})`;
      return name === 'default' ? `default(${a}, ${b})` : `${name}(${a})`;
    });

test('no expression of the grammar keeps a task for long, whatever its values are', () => {
  const letters = fc.constantFrom('a', 'ab', '🎯', '(a+)+', '[],', '"', ' ', '\u0301Σ');
  const values = fc.record({
    t: fc
      .tuple(letters, fc.constantFrom(1, 1_000, 10_000))
      .map(([text, n]) => text.repeat(n).slice(0, 30_000)),
    x: fc.constantFrom<Json>([], [1, 2], listOf(20_000), listOf(500)),
    m: fc.constantFrom<Json>({}, mapOf(1_000)),
    l: fc.constantFrom<Json>(
      [],
      Array.from({ length: 200 }, () => same(100)),
      [[['a']], [['b']]],
    ),
  });
  fc.assert(
    fc.property(expressions(), values, (source, inputs) => {
      const time = timeOf(() => evaluate(source, scope(inputs as never), { limit: WORKFLOW_COST }));
      expect(time).toBeLessThan(TASK_MS);
    }),
    { numRuns: 300 },
  );
}, 120_000);
