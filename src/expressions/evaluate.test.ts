import { describe, expect, test } from 'vitest';
import { isWhole } from '../../test/support/cases.ts';
import type { Json } from '../plan/json.ts';
import type { Scope, TemplateNode } from '../plan/template.ts';
import { evaluate, render } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { ACTIVITY_COST } from './meter.ts';

const VALUES = {
  whole: 4,
  half: 1.5,
  huge: 1e20,
  nothing: null,
  text: 'Hello',
  list: [1, 'a', 2.5],
  empty: [],
  nested: { a: { b: 1 }, constructor: 'mine', 'odd-name': true },
  files: [
    { name: 'a.ts', size: 10 },
    { name: 'b.md', size: 30 },
  ],
};

const scope = (inputs: Record<string, Json> = VALUES): Scope => ({
  inputs,
  steps: { 'parse-changes': { status: 'completed', result: { files: ['x'] } }, lost: { status: 'skipped' } },
  run: { id: 'r-1', workflow: 'w', version: '1.0.0' },
});

const failureOf = (work: () => unknown): ExpressionError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ExpressionError) return thrown;
    throw thrown;
  }
  throw new Error('It did not fail.');
};

describe('evaluate', () => {
  test.each<[string, Json]>([
    ['inputs.whole', 4],
    ['inputs.whole + 1', 5],
    ['inputs.whole + 0.5', 4.5],
    ['inputs.half * 2', 3],
    ['inputs.half + inputs.half', 3],
    ['7 / 2', 3],
    ['7.0 / 2', 3.5],
    ['inputs.huge', 1e20],
    ['inputs.whole == 4.0', true],
    ['inputs.half > 1', true],
    ['inputs.nothing', null],
    ['inputs.nothing == null', true],
    ['inputs.text + "!"', 'Hello!'],
    ['inputs.text == 1', false],
    ['inputs.list', [1, 'a', 2.5]],
    ['inputs.list[1]', 'a'],
    ['inputs.nested.constructor', 'mine'],
    ['inputs.nested["odd-name"]', true],
    ['"a" in inputs.list', true],
    ['"a" in inputs.nested', true],
    ['size(inputs.list) + size(inputs.text)', 8],
    ['inputs.files.filter(f, f.size > 20).map(f, f.name)', ['b.md']],
    ['inputs.files.all(f, f.name.endsWith(".ts"))', false],
    ['inputs.files.exists(f, f.name.matches("^b"))', true],
    ['inputs.files.map(f, f.size > 20, f.name)', ['b.md']],
    ['inputs.list.join("-")', '1-a-2.5'],
    ['join(inputs.files.map(f, f.name), ", ")', 'a.ts, b.md'],
    ['split("a,b", ",")', ['a', 'b']],
    ['"a b".split(" ")', ['a', 'b']],
    ['inputs.text.matches("(l+)+o$")', true],
    ['inputs.text.contains("ell") && !inputs.text.contains("elll")', true],
    ['inputs.text.indexOf("l") + 10 * inputs.text.lastIndexOf("l")', 32],
    ['inputs.text.indexOf("l", 3)', 3],
    ['"a-b-c".split("-", 2)', ['a', 'b-c']],
    ['replace("ab", "", "-")', '-a-b-'],
    ['lower(inputs.text) + upper("x") + trim("  y ")', 'helloXy'],
    ['inputs.text.lower().replace("l", "$&")', 'he$&$&o'],
    ['json(inputs.nested.a)', '{"b":1}'],
    ['parse_json("{\\"a\\": [1]}").a[0] + 1', 2],
    ['keys(inputs.nested)', ['a', 'constructor', 'odd-name']],
    ['sum(inputs.files.map(f, f.size))', 40],
    ['sum([1, 0.5])', 1.5],
    ['{"a": 1, "b": [inputs.text, 2]}', { a: 1, b: ['Hello', 2] }],
    ['steps["parse-changes"].result.files', ['x']],
    ['steps.lost.status', 'skipped'],
    ['run.id', 'r-1'],
    ['default(inputs.nested.x.y.z, "none")', 'none'],
    ['default(inputs.nothing.x, "none")', 'none'],
    ['default(inputs.nothing, "none")', 'none'],
    ['default(inputs.list[9], "none")', 'none'],
    ['default(steps.lost.result, [])', []],
    ['default(steps.unknown.result, 1)', 1],
    ['default(inputs.whole, 7)', 4],
    ['present(inputs.nested.a.b)', true],
    ['present(inputs.nested.x.y)', false],
    ['present(inputs.nothing)', true],
    ['present(steps.lost.result)', false],
    ['present(steps["parse-changes"].result)', true],
  ])('%s', (source, value) => {
    expect(evaluate(source, scope())).toEqual(value);
  });

  test.each([
    ['inputs.nested.x.y', 'value_missing', 'inputs.nested.x is missing'],
    ['inputs.nothing.x', 'value_missing', 'inputs.nothing.x is missing'],
    ['inputs.list[7]', 'value_missing', 'inputs.list[7] is missing'],
    ['steps.lost.result', 'value_missing', 'steps.lost.result is missing'],
    ['steps["gone"].result', 'value_missing', 'steps["gone"] is missing'],
    ['inputs.files.map(f, f.nmae)', 'value_missing', 'f.nmae is missing'],
    ['secrets.token', 'value_missing', 'secrets.token is missing'],
    ['inputs.text + 1', 'expression_error', 'no such overload'],
    ['inputs.whole / 0', 'expression_error', 'division by zero'],
    ['1.0 / 0', 'number_out_of_range', 'Infinity'],
    ['9223372036854775807 + 1', 'number_out_of_range', 'integer overflow'],
    ['parse_json("1e400")', 'number_out_of_range', '1e400'],
    ['type(inputs.whole)', 'expression_error', 'no JSON value'],
    ['parse_json(inputs.text)', 'expression_error', 'no JSON'],
    ['default(parse_json("x"), 1)', 'expression_error', 'no JSON'],
    ['sum(inputs.list)', 'expression_error', 'numbers only'],
    ['inputs.text.matches("(?=H)")', 'expression_error', 'looks ahead'],
    ['inputs.text.matches("(l)\\\\1")', 'expression_error', 'refers back'],
    ['inputs.text.matches("(")', 'expression_error', 'no regular expression'],
    ['inputs.text.matches("(a{1000}){1000}")', 'expression_error', 'too large'],
    ['inputs.text.indexOf("l", 9)', 'expression_error', 'out of range'],
  ])('%s fails with %s', (source, code, words) => {
    const failure = failureOf(() => evaluate(source, scope()));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    expect(failure.message).toContain(source);
  });

  test('members named like those of Object.prototype are values and nothing more', () => {
    const inputs = { odd: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as Json };
    expect(evaluate('inputs.odd["__proto__"].x', scope(inputs))).toBe(1);
    expect(failureOf(() => evaluate('inputs.odd.toString', scope(inputs))).code).toBe('value_missing');
    expect(JSON.stringify(evaluate('inputs.odd', scope(inputs)))).toBe(
      '{"__proto__":{"x":1},"constructor":2}',
    );
  });
});

describe.runIf(isWhole)('the bound on work', () => {
  const numbers = Array.from({ length: 2_000 }, (_, i) => i);

  test.each([
    ['nested macros', 'inputs.n.map(a, inputs.n.map(b, a * b))'],
    ['quantifiers', 'inputs.n.all(a, inputs.n.exists(b, a == b + 0))'],
    ['membership in a macro', 'inputs.n.filter(a, a in inputs.n)'],
    ['lists that grow in a macro', 'inputs.n.map(a, inputs.n + inputs.n)'],
    ['a small result that stands for a large one', 'inputs.n.map(a, inputs.n)'],
    [
      'doubling',
      '[inputs.n].map(a, a + a + a).map(b, b + b + b).map(c, c + c + c).map(d, d + d + d).map(e, e + e + e)',
    ],
    ['JSON texts in a macro', 'inputs.n.map(a, json(inputs.n))'],
    ['text split into letters', 'inputs.n.map(a, inputs.text.split("").filter(c, c == "x"))'],
    ['a slow pattern', 'inputs.text.matches("(x|y)*x(x|y){50}[ab]")'],
    ['errors in a quantifier', 'inputs.n.exists(a, inputs.n.exists(b, a.x))'],
    ['errors that a fallback catches', 'inputs.n.map(a, default(a.x, inputs.n.map(b, default(b.x, 1))))'],
    ['what || would catch', 'inputs.n.all(a, inputs.n.all(b, true)) || true'],
  ])('%s', (_, source) => {
    const inputs = { n: numbers, text: 'x'.repeat(20_000) };
    expect(failureOf(() => evaluate(source, scope(inputs))).code).toBe('expression_too_expensive');
  });

  test('is wider in activities', () => {
    const inputs = { n: numbers.slice(0, 800) };
    const source = 'size(inputs.n.filter(a, inputs.n.exists(b, a == b)))';
    expect(failureOf(() => evaluate(source, scope(inputs))).code).toBe('expression_too_expensive');
    expect(evaluate(source, scope(inputs), { limit: ACTIVITY_COST })).toBe(800);
  });

  test('leaves room for ordinary work', () => {
    expect(evaluate('sum(inputs.n.filter(a, a > 10).map(a, a * 2))', scope({ n: numbers }))).toBe(3_997_890);
  });
});

describe('render', () => {
  test.each<[string, TemplateNode, Json]>([
    ['keeps the type of a single interpolation', { $expr: 'inputs.list' }, [1, 'a', 2.5]],
    ['inserts strings as they are', { $text: ['say ', { $expr: 'inputs.text' }, '!'] }, 'say Hello!'],
    ['inserts all else as JSON', { $text: ['x=', { $expr: 'inputs.nested.a' }] }, 'x={"b":1}'],
    [
      'inserts numbers as JSON',
      { $text: ['n=', { $expr: 'inputs.whole' }, { $expr: 'inputs.half' }] },
      'n=41.5',
    ],
    ['goes into lists and maps', { a: [{ $expr: 'inputs.whole' }, 'b'], c: null }, { a: [4, 'b'], c: null }],
    ['leaves constants alone', ['{{ inputs.text }}', 1, true], ['{{ inputs.text }}', 1, true]],
  ])('%s', (_, node, value) => {
    expect(render(node, scope())).toEqual(value);
  });

  test('never evaluates what a template produced', () => {
    const inputs = { text: '{{ inputs.secret }}', map: { $expr: 'inputs.secret' }, secret: 'no' };
    expect(render({ $text: ['>', { $expr: 'inputs.text' }] }, scope(inputs))).toBe('>{{ inputs.secret }}');
    expect(render({ $expr: 'inputs.map' }, scope(inputs))).toEqual({ $expr: 'inputs.secret' });
  });
});

describe('texts are counted in characters', () => {
  const value = (expression: string): Json =>
    evaluate(expression, scope({ t: 'Fix login 🎯 now 🎯', g: '🎯' }));
  test.each<[string, Json]>([
    ['size(inputs.t)', 17],
    ['inputs.t.substring(0, 11)', 'Fix login 🎯'],
    ['inputs.t.substring(11)', ' now 🎯'],
    ['inputs.t.substring(0, size(inputs.t)) == inputs.t', true],
    ['inputs.t.indexOf("now")', 12],
    ['inputs.t.substring(inputs.t.indexOf("now"), size(inputs.t))', 'now 🎯'],
    ['inputs.t.lastIndexOf(inputs.g)', 16],
    ['inputs.t.indexOf(inputs.g, 11)', 16],
    ['inputs.t.lastIndexOf(inputs.g, 15)', 10],
    ['(inputs.g + "a").split("")', ['🎯', 'a']],
    ['(inputs.g + "a").split("", 2)', ['🎯', 'a']],
    ['(inputs.g + "a").replace("", "-")', '-🎯-a-'],
  ])('%s', (expression, result) => {
    expect(value(expression)).toEqual(result);
  });

  test.each(['inputs.t.substring(0, 18)', 'inputs.t.substring(18)', 'inputs.t.indexOf("x", 17)'])(
    '%s is out of range',
    (expression) => {
      expect(failureOf(() => value(expression))).toMatchObject({
        code: 'expression_error',
        message: expect.stringContaining('out of range') as string,
      });
    },
  );

  test('runs of version 1 count as they did', () => {
    const old = evaluate('inputs.t.substring(0, 11)', scope({ t: 'Fix login 🎯 now' }), { dialect: 1 });
    expect(old).toBe('Fix login \ud83c');
  });
});
