/**
 * Whatever an expression asks for, it is answered or refused for its cost. What is not charged for would take minutes,
 * and the test's own deadline finds it; how long the dearest take is measured by `npm run bench -- --only worst`.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../plan/json.ts';
import type { Scope } from '../plan/template.ts';
import { evaluate, render, renderer } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS, LIST_MACROS, METHODS } from './functions.ts';
import { ACTIVITY_COST, WORKFLOW_COST } from './meter.ts';
import { listOf, mapOf, same, SIZES, WORST_CALLS, WORST_OPERATIONS } from './testing/worst.ts';

const scope = (inputs: Record<string, Json>): Scope => ({
  inputs,
  steps: {},
  run: { id: 'r', workflow: 'w', version: '1' },
});

/** `answered`, or the code of the refusal. */
function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'answered';
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown;
    return thrown.code;
  }
}

describe('a call', () => {
  const names = [...new Set([...FUNCTIONS, ...METHODS])].filter((name) => !LIST_MACROS.has(name));

  test('has its worst uses here, whatever it is', () => {
    expect(Object.keys(WORST_CALLS).toSorted()).toEqual(names.toSorted());
  });

  const uses = Object.entries(WORST_CALLS).flatMap(([name, all]) =>
    all.map(([source, values, refusal]) => ({ name, source, values, refusal })),
  );
  test.each(uses)('of $name is answered or refused: $source', ({ source, values, refusal }) => {
    const outcomes = SIZES.map((size) =>
      outcomeOf(() => evaluate(source, scope(values(size)), { limit: ACTIVITY_COST })),
    );
    expect(outcomes.at(-1)).toBe(refusal ?? 'answered');
  });
});

describe('an operator', () => {
  test.each([...WORST_OPERATIONS])('is refused once it has cost too much: %.60s', (source, values) => {
    const outcome = outcomeOf(() => evaluate(source, scope(values), { limit: ACTIVITY_COST }));
    expect(outcome).toBe('expression_too_expensive');
  });
});

describe('a template', () => {
  test('of many expressions, or of large values, is refused once it has cost too much', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => ({ $expr: `inputs.t + "${i}"` }));
    const large = { $text: Array.from({ length: 50_000 }, () => ({ $expr: 'inputs.t' })) };
    expect([
      outcomeOf(() => render(many, scope({ t: 'a' }), { limit: ACTIVITY_COST })),
      outcomeOf(() => render(large, scope({ t: same(60_000) }))),
    ]).toEqual(['expression_too_expensive', 'expression_too_expensive']);
  });

  test('shares its budget with the others of its activity', () => {
    const fill = renderer(scope({ x: listOf(60_000) }), ACTIVITY_COST);
    const heavy = { $expr: 'size(inputs.x.filter(a, inputs.x.exists(b, b > 5 && a > 5)))' };
    expect(() => Array.from({ length: 200 }, () => fill(heavy))).toThrow(ExpressionError);
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

test('every expression of the grammar comes to an end, whatever its values are', () => {
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
  const seen = new Set<string>();
  fc.assert(
    fc.property(expressions(), values, (source, inputs) => {
      const outcome = outcomeOf(() => evaluate(source, scope(inputs as never), { limit: WORKFLOW_COST }));
      seen.add(outcome);
    }),
    { numRuns: 300 },
  );
  expect(seen).toContain('answered');
});
