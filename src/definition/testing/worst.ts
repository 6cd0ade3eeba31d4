/** The costliest definitions of each kind that the limits of size let through. */

const HEAD = 'name: worst\nversion: "1"\n';
const MB = 1024 * 1024;

/** `count` pieces, the n-th made by `piece`, as many of them as fit into `bytes`. */
function many(piece: (n: number) => string, count = Infinity, bytes = MB - 4_096): string {
  const pieces: string[] = [];
  let size = 0;
  for (let n = 0; n < count; n++) {
    const next = piece(n);
    size += next.length;
    if (size > bytes) break;
    pieces.push(next);
  }
  return pieces.join('');
}

const transform = (value: string): string => `${HEAD}steps:\n  - key: a\n    transform: ${value}\n`;
const key = (n: number): string => `step_${n}`;
const steps = (body: (n: number) => string, count: number): string =>
  `${HEAD}steps:\n${many((n) => `  - { key: ${key(n)}, ${body(n)} }\n`, count)}`;
const upTo = (n: number): string => Array.from({ length: n }, (_, at) => key(at)).join(', ');

/** By name: definitions that may be valid or not, and must be judged fast. */
export const WORST: Readonly<Record<string, () => string>> = {
  'many expressions in a text': () => transform(`'${many(() => '{{1}}', Infinity, 830_000)}'`),
  'many different expressions in a text': () => transform(`'${many((n) => `{{${n}}}`)}'`),
  'many different expressions in a list': () => transform(`\n${many((n) => `      - '{{${n}+1}}'\n`)}`),
  'many expressions over one name': () => transform(`'${many((n) => `{{x.a${n}}}`)}'`),
  'many names in expressions': () => transform(`'${many((n) => `{{x${n}}}`)}'`),
  'many wrong expressions': () => transform(`'${many((n) => `{{nosuch(${n})}}`)}'`),
  'many empty expressions': () => transform(`'${many(() => '{{}}')}'`),
  'many open braces': () => transform(`'${'{'.repeat(1_000_000)}'`),
  'many quotes in an open expression': () => transform(`'{{${'"'.repeat(1_000_000)}'`),
  'many wrong conditions': () => steps((n) => `transform: 1, when: 'nosuch_${n} == 1'`, 2_000),
  'long expressions': () => transform(`'${many((n) => `{{${`a${n}+`.repeat(300)}1}}`)}'`),
  'long expressions of hyphens': () => transform(`'${many(() => `{{${'a-'.repeat(3_900)}a}}`)}'`),
  'long names in expressions': () => transform(`'${many(() => `{{${'a'.repeat(7_900)}}}`)}'`),
  'long paths in expressions': () => transform(`'${many((n) => `{{a${n}${'.b'.repeat(55)}}}`)}'`),
  'deep expressions': () => transform(`'${many(() => `{{${'('.repeat(3_900)}1${')'.repeat(3_900)}}}`)}'`),
  'lists in expressions': () => transform(`'${many(() => `{{[${'1,'.repeat(499)}1]}}`)}'`),
  'slow macros': () =>
    transform(`'${many((n) => `{{[${n}].map(a, [1].map(b, [1].map(c, [1].map(d, a))))}}`)}'`),
  'quotes in expressions': () => transform(`'${many(() => `{{${'" '.repeat(3_900)}}}`)}'`),
  'many unknown fields': () => `${HEAD}${many((n) => `fild${n}: 1\n`, 10_000)}steps: []\n`,
  'many unknown long fields': () => `${HEAD}${many((n) => `${'step'.repeat(20)}${n}: 1\n`)}steps: []\n`,
  'a very long unknown field': () =>
    `${HEAD}${'s'.repeat(1_000)}: 1\n? ${'q'.repeat(900_000)}\n: 1\nsteps: []\n`,
  'many unknown fields of a step': () => `${HEAD}steps:\n  - key: a\n${many((n) => `    trasform${n}: 1\n`)}`,
  'many unknown fields of many steps': () =>
    steps(() => many((n) => `fld${n}: 1, `, 40) + 'transform: 1', 2_000),
  'many inputs': () =>
    `${HEAD}inputs:\n${many((n) => `  in_${n}: string\n`, 40_000)}steps:\n  - { key: a, transform: 1 }\n`,
  'many wrong inputs': () =>
    `${HEAD}inputs:\n${many((n) => `  in-${n}-: strng\n`)}steps:\n  - { key: a, transform: 1 }\n`,
  'many inputs and misspelt names': () =>
    `${HEAD}inputs:\n${many((n) => `  input_${n}: string\n`, 20_000, 500_000)}steps:\n  - key: a\n    transform: '${many((n) => `{{inptu_${n}x}}`, Infinity, 500_000)}'\n`,
  'an input with a long enum': () =>
    `${HEAD}inputs:\n  a: { enum: [${many((n) => `${n},`, Infinity, 400_000)}1], default: [${'1,'.repeat(30_000)}1] }\nsteps:\n  - { key: a, transform: 1 }\n`,
  'many labels': () =>
    `${HEAD}labels:\n${many((n) => `  l${n}: []\n`)}steps:\n  - { key: a, transform: 1 }\n`,
  'steps that wait for all before': () =>
    steps((n) => `transform: 1, dependencies: [${upTo(Math.min(n, 40))}]`, 2_000),
  'many dependencies': () =>
    `${HEAD}steps:\n${many((n) => `  - {key: s${n}, transform: 1, dependencies: [${Array.from({ length: n }, (_, at) => `s${at}`).join(',')}]}\n`, 500)}`,
  'unknown dependencies': () =>
    steps(
      (n) =>
        `transform: 1, dependencies: [${Array.from({ length: 40 }, (_, at) => `stp_${n}_${at}`).join(', ')}]`,
      2_000,
    ),
  'a long circle': () => steps((n) => `transform: 1, dependencies: [${key((n + 1) % 2_000)}]`, 2_000),
  'a long chain': () =>
    steps((n) => `transform: 1${n === 0 ? '' : `, dependencies: [${key(n - 1)}]`}`, 2_000),
  'steps of one key': () => steps(() => `key: same`, 2_000).replaceAll(/key: step_\d+, /g, ''),
  'steps without a kind': () => steps((n) => `agnt_${n}: 1`, 2_000),
  'reads of no dependency': () =>
    steps((n) => `transform: '${many((m) => `{{step_${(n + m) % 2_000}.result.x}}`, 10)}'`, 2_000),
  'conditions that read one result': () =>
    steps(
      (n) =>
        n === 0
          ? 'transform: 1'
          : `transform: 1, dependencies: [step_0], when: '${Array.from({ length: 12 }, (_, m) => `step_0.result.p${n}_${m} == 1`).join(' && ')}'`,
      2_000,
    ),
  'outputs that read all': () =>
    `${steps(() => 'transform: 1', 2_000)}outputs: '${many((n) => `{{step_${n % 2000}.result.x${n}}}`, Infinity, 800_000)}'\n`,
  'one step that reads many parts': () =>
    `${steps(() => 'transform: 1', 1)}outputs: '${many((n) => `{{step_0.result.x${n}}}`)}'\n`,
  'many agents': () =>
    `${HEAD}agents:\n${many((n) => `  agent${n}: { system: x, extnds: y }\n`)}steps:\n  - { key: a, agent: agnt1, prompt: x }\n`,
  'many unknown agents': () =>
    `${HEAD}agents:\n${many((n) => `  agent${n}: {}\n`, 20_000, 400_000)}steps:\n${many((n) => `  - { key: s${n}, agent: aget${n}, prompt: x, extra: 1 }\n`, 2_000, 400_000)}`.replaceAll(
      ', extra: 1',
      '',
    ),
  'many agents with many tools': () =>
    `${HEAD}agents:\n${many((n) => `  agent${n}: { tools: [${'red_file, '.repeat(1_000)}x] }\n`)}steps:\n  - { key: a, agent: agent1, prompt: x }\n`,
  'many tools': () =>
    `${HEAD}workspace: {}\nsteps:\n  - { key: a, agent: code, prompt: x, tools: [${many((n) => `mcp__srv${n}__x, `)}read_file] }\n`,
  'many servers and tools': () =>
    `${HEAD}agents:\n  one:\n    mcp:\n${many((n) => `      s${n}: { url: 'http://x' }\n`, Infinity, 300_000)}    tools: [${many((n) => `mcp__s${n}__x, `, Infinity, 300_000)}http_fetch]\n    approve: [${many((n) => `mcp__s${n}__x, `, Infinity, 300_000)}http_fetch]\nsteps:\n  - { key: a, agent: one, prompt: x }\n`,
  'many models': () =>
    `${HEAD}steps:\n  - { key: a, agent: code, prompt: x, models: [${many((n) => `antropic/${n}, `)}x] }\n`,
  'a schema of many patterns': () =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    output_schema: { properties: {${many((n) => `p${n}: { pattern: "^(a|b${n})+$" }, `, 4_000)}x: {} } }\n`,
  'a schema of many faults': () =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    output_schema: { properties: {${many((n) => `p${n}: { type: strng }, `)}x: {} } }\n`,
  'a deep schema': () =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    output_schema: ${'{ allOf: [ '.repeat(20)}{}${' ] }'.repeat(20)}\n`,
  'many schemas': () =>
    steps(
      (n) =>
        `agent: code, prompt: x, output_schema: { properties: { p${n}: { type: string, format: email }, q: { enum: [${n}] } }, required: [p${n}] }`,
      2_000,
    ),
  'many forms': () =>
    steps(
      (n) =>
        `ask: { prompt: x, form: { type: object, properties: { p${n}: { type: string, pattern: 'a*b*c' } } } }`,
      2_000,
    ),
  'many anchors': () => transform(`[${many((n) => `&a${n} 1, `)}1]`),
  'many aliases': () => transform(`[&x 1, ${many(() => `*x, `)}1]`),
  'aliases of aliases': () =>
    transform(`\n      - &a0 [x, x]\n${many((n) => `      - &a${n + 1} [*a${n}, *a${n}]\n`, 24)}`),
  'aliases of many values': () =>
    transform(`\n      - &a [${'1,'.repeat(1_900)}1]\n${many(() => `      - *a\n`, 49)}`),
  'anchors before aliases': () => transform(`[${many((n) => `&a${n} 1, `, 60_000)}${'*a0, '.repeat(49)}1]`),
  'flow lists': () => transform(`[${many(() => '[],')}1]`),
  'flow maps': () => transform(`[${many(() => '{},')}1]`),
  'flow maps with names': () => transform(`{${many((n) => `a${n}: 1, `)}z: 1}`),
  'a flow map of JSON': () =>
    `{"name":"w","steps":[{"key":"a","transform":{${many((n) => `"a${n}":1,`)}"z":1}}]}`,
  'JSON lists': () => `{"name":"w","steps":[{"key":"a","transform":[${many(() => '[],')}1]}]}`,
  'JSON that stops': () => `{"name":"w","steps":[{"key":"a","transform":[${many(() => '[],')}`,
  'JSON of numbers': () => `{"name":"w","steps":[{"key":"a","transform":[${many(() => '1,')}1]}]}`,
  'JSON of escapes': () => `{"name":"w","steps":[{"key":"a","transform":"${'\\u0041'.repeat(170_000)}"}]}`,
  'a long number': () => transform('1'.repeat(1_000_000)),
  'a long plain text': () => transform('a '.repeat(500_000)),
  'a long plain text of lines': () => transform(`\n${'      a\n'.repeat(120_000)}`),
  'a long quoted text': () => transform(`"${'a\\n'.repeat(330_000)}"`),
  'a long quoted text of lines': () => transform(`"\n${'      a\n\n'.repeat(110_000)}      "`),
  'a long block': () => transform(`|\n${'      a\n'.repeat(120_000)}`),
  'a long folded block': () => transform(`>\n${'      a\n\n'.repeat(110_000)}`),
  comments: () => `${HEAD}${'# x\n'.repeat(250_000)}steps: []\n`,
  'empty comments': () => `${HEAD}${'#\n'.repeat(500_000)}steps: []\n`,
  'empty lines': () => `${HEAD}${'\n'.repeat(1_000_000)}steps: []\n`,
  spaces: () => `${HEAD}${' '.repeat(1_000_000)}\nsteps: []\n`,
  tabs: () => `${HEAD}${'\t\n'.repeat(500_000)}steps: []\n`,
  'comments between items': () => transform(`\n${'      - 1 # x\n'.repeat(80_000)}`),
  'comments before values': () => transform(`\n${many(() => `      -\n        # x\n        1\n`)}`),
  'list items': () => transform(`\n${'      -\n'.repeat(120_000)}`),
  'nested compact lists': () => transform(`\n${many(() => `      ${'- '.repeat(40)}1\n`)}`),
  'explicit keys': () => transform(`\n${many((n) => `      ? a${n}\n`)}`),
  'deep indentation': () =>
    `${HEAD}steps:\n${Array.from({ length: 1_400 }, (_, n) => `${' '.repeat(n)}a:\n`).join('')}`,
  'keys of one name': () => transform(`\n${'      a: 1\n'.repeat(90_000)}`),
  'keys of complex form': () => transform(`\n${'      [a]: 1\n'.repeat(80_000)}`),
  tags: () => transform(`[${many(() => '!a 1, ')}1]`),
  documents: () => `${HEAD}steps: []\n${'---\n'.repeat(250_000)}`,
  directives: () => `${'%A b\n'.repeat(200_000)}---\n${HEAD}steps: []\n`,
  'unclosed lists': () => transform(`\n${'      - [\n'.repeat(40)}`),
  'unclosed quotes': () => transform(`\n${`      - "a\n`.repeat(100_000)}`),
  colons: () => transform(`${'a: '.repeat(330_000)}`),
  'many colons in flow': () => transform(`[${'a: b: '.repeat(160_000)}]`),
  braces: () => transform(`${'}'.repeat(1_000_000)}`),
  commas: () => transform(`[${','.repeat(1_000_000)}]`),
  'lines of nothing but errors': () => `${HEAD}${'@a\n'.repeat(300_000)}`,
  'errors on one line': () => transform(`[${'@a, '.repeat(250_000)}]`),
  percent: () => transform(`[${'%a, '.repeat(250_000)}]`),
  'carriage returns': () => transform(`"${'\r'.repeat(1_000_000)}"`),
  quotes: () => transform(`${`"" `.repeat(330_000)}`),
  'wide characters': () => transform(`'${'{{"\u{1f600}"}}'.repeat(40_000)}'`),
  durations: () => steps((n) => `wait: '${'1h'.repeat(200)}${n}x'`, 2_000),
  'long durations': () => `${HEAD}steps:\n  - { key: a, wait: '${'1h'.repeat(500_000)}' }\n`,
  'a long version': () => `name: w\nversion: ${'1.'.repeat(500_000)}\nsteps: []\n`,
  'a long name': () => `name: ${'a-'.repeat(500_000)}\nsteps: []\n`,
  'long keys': () => `${HEAD}steps:\n${many(() => `  - { key: ${'a-'.repeat(5_000)}, transform: 1 }\n`)}`,
  'long conditions': () => `${HEAD}steps:\n  - { key: a, transform: 1, when: '{{${'"a'.repeat(490_000)}' }\n`,
  'conditions of quotes': () =>
    `${HEAD}steps:\n  - { key: a, transform: 1, when: 'x {{${'"\\\\'.repeat(330_000)}' }\n`,
  titles: () => steps((n) => `title: ${'{'.repeat(300)}${n}, transform: 1`, 2_000),
  commands: () => `${HEAD}steps:\n  - { key: a, command: [${many(() => '[], ')}x] }\n`,
  approvers: () =>
    `${HEAD}steps:\n  - { key: a, ask: { prompt: x, approvers: [${many((n) => `p${n}, `)}x], needed: 3 } }\n`,
  'an answer to a costly form': () =>
    `${HEAD}steps:\n  - key: a\n    ask: { prompt: x, timeout: 1s, on_timeout: { answer: '${'a'.repeat(900_000)}' }, form: { type: string, pattern: '^(a|b)*c$' } }\n`,
  'a form of many enums': () =>
    `${HEAD}steps:\n  - key: a\n    ask: { prompt: x, timeout: 1s, on_timeout: { answer: [${'1,'.repeat(30_000)}1] }, form: { type: array, items: { enum: [${many((n) => `${n + 2},`, 30_000)}0] } } }\n`,
  'a form of unique items': () =>
    `${HEAD}steps:\n  - key: a\n    ask: { prompt: x, timeout: 1s, on_timeout: { answer: [${many((n) => `${n},`, 60_000)}-1] }, form: { type: array, uniqueItems: true } }\n`,
  'a schema of references': () =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    output_schema:\n      $defs:\n        d0: {}\n${many((n) => `        d${n + 1}: { anyOf: [{ $ref: '#/$defs/d${n}' }, { $ref: '#/$defs/d${n}' }] }\n`, 3_000)}      $ref: '#/$defs/d2000'\n`,
  'a schema of many enums': () =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: x\n    output_schema: { enum: [${many((n) => `${n},`)}0] }\n`,
};
