/** The worst that expressions can be asked for: each is answered or refused for its cost, and neither takes long. */
import type { Json } from '../../plan/json.ts';
import type { ExpressionErrorCode } from '../expression-error.ts';

/** So long a text of one letter. */
export const same = (size: number): string => 'a'.repeat(size);

/** The sizes that values are tried in; the last is the one that the outcomes below are told of. */
export const SIZES = [1_000, 8_000, 64_000, 400_000] as const;

/** An expression, its values for a size, and why it is refused at the largest size; nothing where it is answered. */
type WorstCall = readonly [string, (size: number) => Record<string, Json>, ExpressionErrorCode?];

/** By function: the worst of its uses. */
export const WORST_CALLS: Readonly<Record<string, readonly WorstCall[]>> = {
  has: [['has(inputs.x.y)', (n) => ({ x: listOf(n) })]],
  default: [['default(inputs.x.y, 1)', (n) => ({ x: listOf(n) })]],
  size: [['size(inputs.t)', (n) => ({ t: '🎯'.repeat(n / 2) })]],
  string: [['string(inputs.t).size()', (n) => ({ t: same(n) })]],
  int: [['int(inputs.t)', (n) => ({ t: ' '.repeat(n) }), 'expression_error']],
  double: [
    ['double(inputs.t)', (n) => ({ t: `0.${'0'.repeat(n)}1` })],
    ['double(inputs.t)', (n) => ({ t: `0x${'f'.repeat(n)}` }), 'number_out_of_range'],
  ],
  bool: [['bool(inputs.t)', (n) => ({ t: same(n) }), 'expression_error']],
  json: [
    ['json(inputs.x)', (n) => ({ x: listOf(n) }), 'expression_too_expensive'],
    ['json(inputs.t)', (n) => ({ t: '\u0001'.repeat(n) })],
    [
      'json([1, 2].map(a, [a, a]).map(a, [a, a]).map(a, [inputs.x, inputs.x]))',
      (n) => ({ x: listOf(n) }),
      'expression_too_expensive',
    ],
  ],
  parse_json: [
    ['size(parse_json(inputs.t))', (n) => ({ t: `[${'[],'.repeat(n / 3)}1]` }), 'expression_too_expensive'],
    ['size(parse_json(inputs.t))', (n) => ({ t: `{${manyNames(n / 8)}"z":1}` }), 'expression_too_expensive'],
    ['size(parse_json(inputs.t))', (n) => ({ t: `[${manyShapes(n / 10)}1]` }), 'expression_too_expensive'],
    ['parse_json(inputs.t)', (n) => ({ t: '['.repeat(n) }), 'expression_too_expensive'],
    [
      'parse_json(inputs.t)',
      (n) => ({ t: `${'['.repeat(n / 2)}${']'.repeat(n / 2)}` }),
      'expression_too_expensive',
    ],
  ],
  join: [
    ['size(inputs.x.join(inputs.t))', (n) => ({ x: listOf(n), t: same(n) }), 'expression_too_expensive'],
    ['size(join(inputs.x, ","))', (n) => ({ x: Array.from({ length: n / 8 }, (_, i) => i / 7) })],
  ],
  split: [
    ['size(inputs.t.split(""))', (n) => ({ t: same(n) }), 'expression_too_expensive'],
    ['size(split(inputs.t, inputs.u))', (n) => ({ t: same(n), u: same(9) })],
    ['size(split(inputs.t, inputs.u))', (n) => ({ t: same(n), u: `${same(n / 4)}b` })],
  ],
  lower: [
    ['inputs.t.lower().size()', (n) => ({ t: 'İ'.repeat(n) }), 'expression_too_expensive'],
    [
      'lower(inputs.t).size()',
      (n) => ({ t: `${'\u0301'.repeat(n / 2)}${'Σ'.repeat(n / 2)}` }),
      'expression_too_expensive',
    ],
  ],
  upper: [['inputs.t.upper().size()', (n) => ({ t: 'ΐ'.repeat(n) }), 'expression_too_expensive']],
  trim: [['inputs.t.trim().size()', (n) => ({ t: `${' '.repeat(n)}a${' '.repeat(n)}` })]],
  replace: [
    ['inputs.t.replace("a", inputs.t).size()', (n) => ({ t: same(n) }), 'expression_too_expensive'],
    ['inputs.t.replace("", inputs.t).size()', (n) => ({ t: same(n) }), 'expression_too_expensive'],
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
    ['inputs.t.matches("(a+)+$")', (n) => ({ t: `${same(n)}!` }), 'expression_too_expensive'],
    [
      'inputs.t.matches("(a|b)*a(a|b){20}[cd]")',
      (n) => ({ t: 'abbab'.repeat(n / 5) }),
      'expression_too_expensive',
    ],
    [
      'inputs.t.matches("(?:[ab]?){200}[cd]")',
      (n) => ({ t: 'abbab'.repeat(n / 5) }),
      'expression_too_expensive',
    ],
    [
      'inputs.t.matches("^(?:\\\\p{L}|\\\\p{N})*$")',
      (n) => ({ t: 'é1ж'.repeat(n / 3) }),
      'expression_too_expensive',
    ],
    [`inputs.t.matches("^${'(a|aa)'.repeat(30)}b$")`, (n) => ({ t: same(n) }), 'expression_too_expensive'],
    ['inputs.t.matches(inputs.p)', (n) => ({ t: 'x', p: 'a{100}|'.repeat(n / 7) }), 'expression_error'],
    [
      'inputs.t.matches(inputs.p)',
      (n) => ({ t: 'x', p: `(?i)${'[B-\\u{1e942}]'.repeat(Math.min(60, n / 13))}` }),
      'expression_too_expensive',
    ],
  ],
};

export const listOf = (n: number): Json => Array.from({ length: n / 2 }, (_, i) => i % 10);
export const mapOf = (n: number): Json =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 1]));
const manyNames = (n: number): string => Array.from({ length: n }, (_, i) => `"k${i}":1,`).join('');
const manyShapes = (n: number): string => Array.from({ length: n }, (_, i) => `{"k${i}":1},`).join('');

const deep = JSON.parse(`${'['.repeat(90)}${']'.repeat(90)}`) as Json;

/** Of operators and macros, with the values that they see: each is refused. */
export const WORST_OPERATIONS: readonly (readonly [string, Record<string, Json>])[] = [
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
  [
    'inputs.x.map(a, default(inputs.m[inputs.t + string(a)], 1))',
    { x: listOf(60_000), m: {}, t: same(9_000) },
  ],
  ['inputs.x.map(a, {"a": inputs.x.map(b, {"b": b})})', { x: listOf(60_000) }],
];
