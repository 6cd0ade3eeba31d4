/** For each kind of thing in a definition the costliest text that the limits let through, or nearly. */

const HEAD = 'name: worst\nversion: "1"\n';
const MOST_BYTES = 1024 * 1024 - 4_096;

/** At most `count` pieces, as many as the text may hold. */
function many(piece: (n: number) => string, count = 20_000, bytes = MOST_BYTES): string {
  const pieces: string[] = [];
  for (let n = 0, size = 0; n < count; n++) {
    const next = piece(n);
    size += next.length;
    if (size > bytes) break;
    pieces.push(next);
  }
  return pieces.join('');
}

const value = (text: string): string => `${HEAD}steps:\n  - key: a\n    transform: ${text}\n`;
const inText = (piece: (n: number) => string, count = 1_000_000): string =>
  value(`'${many((n) => `{{${piece(n)}}}`, count)}'`);
const steps = (fields: (n: number) => string, count = 2_000): string =>
  `${HEAD}steps:\n${many((n) => `  - { key: s${n}, ${fields(n)} }\n`, count)}`;
const agent = (fields: string): string =>
  `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    ${fields}\n`;
const ask = (form: string, answer: string): string =>
  `${HEAD}steps:\n  - key: a\n    ask: { prompt: x, timeout: 1s, form: ${form}, on_timeout: { answer: ${answer} } }\n`;
const before = (n: number, most: number): string =>
  Array.from({ length: Math.min(n, most) }, (_, at) => `s${n - 1 - at}`).join(', ');

const EXPRESSIONS = {
  'one expression, again and again': () => inText(() => '1'),
  'different expressions': () => inText((n) => String(n)),
  'expressions in a list': () => value(`\n${many((n) => `      - '{{${n}+1}}'\n`)}`),
  'parts of one input': () => inText((n) => `x.a${n}`),
  'inputs that are not declared': () => inText((n) => `x${n}`),
  'unknown functions': () => inText((n) => `nosuch(${n})`),
  'empty expressions': () => inText(() => ''),
  'open braces': () => value(`'${'{'.repeat(MOST_BYTES)}'`),
  'quotes in an open expression': () => value(`'{{${'"'.repeat(MOST_BYTES)}'`),
  'escaped quotes': () => inText(() => '"\\'.repeat(3_900)),
  'triple quotes': () => inText(() => '""" \'\'\' '.repeat(900)),
  'long sums': () => inText((n) => `${`a${n}+`.repeat(300)}1`),
  'long names with hyphens': () => inText(() => `${'a-'.repeat(3_900)}a`),
  'long ways': () => inText((n) => `a${n}${'.b'.repeat(55)}`),
  'deep brackets': () => inText(() => `${'('.repeat(3_900)}1${')'.repeat(3_900)}`),
  'lists of lists': () => inText(() => `[${'1,'.repeat(499)}1]`),
  'macros inside of macros': () => inText((n) => `[${n}].map(b, [1].map(c, [1].map(d, [1].map(e, b))))`),
  'conditions on unknown names': () => steps((n) => `transform: 1, when: 'x${n} == 1'`),
  'conditions on parts of one result': () =>
    steps((n) =>
      n === 0
        ? 'transform: 1'
        : `transform: 1, dependencies: [s0], when: '${many((m) => `s0.result.p${n}_${m} == 1 && `, 5)}true'`,
    ),
  'a long condition of quotes': () =>
    `${HEAD}steps:\n  - { key: a, transform: 1, when: 'x {{${'"\\\\'.repeat(300_000)}' }\n`,
  'outputs that read parts of one result': () =>
    `${steps(() => 'transform: 1', 1)}outputs: '${many((n) => `{{s0.result.x${n}}}`)}'\n`,
  'names like those of steps': () =>
    `${steps(() => 'transform: 1')}outputs: '${many((n) => `{{sx${n}y.result}}`, 900)}'\n`,
  'reads of what does not come before': () =>
    steps((n) => `transform: '${many((m) => `{{s${(n + m) % 2_000}.result}}`, 8)}'`),
};

const FIELDS = {
  'unknown fields': () => `${HEAD}${many((n) => `fild${n}: 1\n`)}steps: []\n`,
  'unknown long fields': () => `${HEAD}${many((n) => `${'step'.repeat(20)}${n}: 1\n`)}steps: []\n`,
  'an endless unknown field': () => `${HEAD}? ${'q'.repeat(900_000)}\n: 1\nsteps: []\n`,
  'unknown fields of a step': () => `${HEAD}steps:\n  - key: a\n${many((n) => `    trasform${n}: 1\n`)}`,
  'unknown fields of all steps': () => steps(() => `${many((n) => `fld${n}: 1, `, 8)}transform: 1`),
  'unknown dependencies': () =>
    steps((n) => `transform: 1, dependencies: [${many((m) => `z${n}_${m}, `, 15)}]`),
  'all dependencies': () => steps((n) => `transform: 1, dependencies: [${before(n, 300)}]`, 280),
  'many dependencies': () => steps((n) => `transform: 1, dependencies: [${before(n, 18)}]`),
  'a long circle': () => steps((n) => `transform: 1, dependencies: [s${(n + 1) % 2_000}]`),
  'keys that are taken': () => steps(() => 'transform: 1').replaceAll(/key: s\d+/g, 'key: same'),
  'steps without a kind': () => steps((n) => `agnt_${n}: 1`),
  'names that stand twice': () => value(`\n${'      a: 1\n'.repeat(20_000)}`),
  'declared inputs': () => `${HEAD}inputs:\n${many((n) => `  in-${n}-: strng\n`)}steps: []\n`,
  'an input with a long enum': () =>
    `${HEAD}inputs:\n  a: { enum: [${'[1],'.repeat(9_000)}1], default: [${'1,'.repeat(20_000)}1] }\nsteps: []\n`,
  agents: () => `${HEAD}agents:\n${many((n) => `  a${n}: { system: x, extnds: y }\n`)}steps: []\n`,
  'unknown agents': () =>
    `${many((n) => `${n === 0 ? `${HEAD}agents:\n` : ''}  agent${n}: {}\n`, 500)}${steps(
      (n) => `agent: aget${n}, prompt: x`,
    ).slice(HEAD.length)}`,
  'servers and tools': () =>
    `${HEAD}agents:\n  one:\n    mcp:\n${many((n) => `      s${n}: { url: 'http://x' }\n`, 8_000)}    tools: [${many((n) => `mcp__s${n}__x, `, 8_000)}]\n    approve: [${many((n) => `mcp__s${n}__x, `, 8_000)}]\nsteps: [{ key: a, agent: one, prompt: x }]\n`,
  models: () => agent(`models: [${many((n) => `antropic/${n}, `, 40_000)}]`),
  'one schema in all steps': () =>
    `${HEAD}agents: { one: { output_schema: { enum: [${many((n) => `${n},`, 10_000)}] } } }\n${steps(() => 'agent: one, prompt: x').slice(HEAD.length)}`,
  durations: () => steps((n) => `wait: '${'1h'.repeat(200)}${n}x'`),
  'long keys': () => `${HEAD}steps:\n${many(() => `  - { key: ${'a-'.repeat(5_000)}, transform: 1 }\n`)}`,
  'a long answer to a form': () => ask("{ type: string, pattern: '^(a|b)*c$' }", `'${'a'.repeat(900_000)}'`),
  'an answer of many values': () =>
    ask(`{ type: array, items: { enum: [${many((n) => `${n},`, 3_000)}] } }`, `[${'1,'.repeat(20_000)}]`),
};

const TEXTS = {
  anchors: () => value(`[${many((n) => `&a${n} 1, `, 40_000)}${'*a0, '.repeat(40)}1]`),
  'aliases of aliases': () =>
    value(`\n      - &a0 [x, x]\n${many((n) => `      - &a${n + 1} [*a${n}, *a${n}]\n`, 24)}`),
  'aliases of many values': () => value(`\n      - &a [${'1,'.repeat(900)}1]\n${'      - *a\n'.repeat(49)}`),
  'flow lists': () => value(`[${'[],'.repeat(300_000)}1]`),
  'flow maps': () => value(`{${many((n) => `a${n}: 1, `, 24_000)}z: 1}`),
  'JSON lists': () => `{"name":"w","steps":[${'[],'.repeat(300_000)}1]}`,
  'JSON that stops': () => `{"name":"w","steps":[${'[],'.repeat(300_000)}`,
  'a long number': () => value('1'.repeat(MOST_BYTES)),
  'a long plain text': () => value(`\n${'      a\n'.repeat(49_000)}`),
  'a long folded text': () => value(`>\n${'      a\n\n'.repeat(24_000)}`),
  'a long quoted text': () => value(`"${'a\\n'.repeat(330_000)}"`),
  'empty lines': () => `${HEAD}${'\n'.repeat(MOST_BYTES)}steps: []\n`,
  comments: () => `${HEAD}${'# x\n'.repeat(49_000)}steps: []\n`,
  'comments before values': () => value(`\n${many(() => `      -\n        # x\n        1\n`, 16_000)}`),
  'lists in lists': () => value(`\n${many(() => `      ${'- '.repeat(40)}1\n`, 1_200)}`),
  'explicit keys': () => value(`\n${many((n) => `      ? a${n}\n`)}`),
  'keys that are lists': () => value(`\n${'      [a]: 1\n'.repeat(16_000)}`),
  'deep indentation': () => `${HEAD}${many((n) => `${' '.repeat(n)}a:\n`, 1_400)}`,
  tags: () => value(`[${'!a 1, '.repeat(24_000)}1]`),
  directives: () => `${'%A b\n'.repeat(40_000)}---\n${HEAD}steps: []\n`,
  documents: () => `${HEAD}steps: []\n${'---\n'.repeat(49_000)}`,
  'closing braces': () => value('}'.repeat(MOST_BYTES)),
  colons: () => value(`[${'a: b: '.repeat(24_000)}]`),
  'wrong characters': () => value(`[${'@a, '.repeat(24_000)}]`),
  'carriage returns': () => value(`"${'\r'.repeat(MOST_BYTES)}"`),
};

/** By name. They may be valid or not, and must be judged fast. */
export const WORST: Readonly<Record<string, () => string>> = { ...EXPRESSIONS, ...FIELDS, ...TEXTS };
