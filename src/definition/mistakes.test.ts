import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateDefinition } from './compile.ts';
import { planOf, stepOf } from './testing/compiled.ts';

/** `line code | hint` of every error. */
function hintsOf(text: string): string[] {
  return validateDefinition(text).errors.map(({ line, code, hint }) => `${line} ${code} | ${hint ?? ''}`);
}

/** `code` and hint of every warning but that of the version. */
function warningsOf(text: string): string[] {
  const { errors, warnings } = validateDefinition(text);
  expect(errors).toEqual([]);
  return warnings.map(({ code, hint }) => `${code} | ${hint ?? ''}`);
}

const HEAD = 'name: w\nversion: 1.0.0\n';
const INPUTS =
  'inputs: { flag: { type: boolean, default: true }, env: { enum: [prod, test], default: prod }, n: { type: integer, default: 1 }, text: { type: string, default: x } }\n';
const USES = `outputs: ['{{ flag }}', '{{ env }}', '{{ n }}', '{{ text }}']\n`;
/** A step `a`, and a step `b` with these fields in line 7. */
const withStep = (fields: string): string =>
  `${HEAD}${INPUTS}${USES}steps:\n  - { key: a, command: [x], onError: continue }\n  - { key: b, dependencies: [a], ${fields} }\n`;

describe('conditions', () => {
  test.each([
    [`when: "'{{ inputs.flag }}' == 'true'"`, 'condition_is_text | Write when: inputs.flag == true'],
    [`when: "'{{ inputs.env }}' == 'prod'"`, "condition_is_text | Write when: inputs.env == 'prod'"],
    [`when: '"{{inputs.env}}" != "prod"'`, 'condition_is_text | Write when: inputs.env != "prod"'],
    [`when: '{{ flag }} && {{ n }} > 1'`, 'condition_is_text | Write when: flag && n > 1'],
    [
      `retry: { if: "'{{ error.type }}' == 'timeout'" }`,
      "condition_is_text | Write if: error.type == 'timeout'",
    ],
    [`when: "'false'"`, 'condition_not_boolean | Leave the quotes out: false'],
    ['when: inputs.text', 'condition_not_boolean | Compare it with something: … == …, size(…) > 0'],
    [`when: inputs.flag == 'true'`, 'comparison_constant | Write inputs.flag == true'],
    [`when: n == "5"`, 'comparison_constant | Write n == 5'],
    [`when: inputs.env == 'prd'`, 'comparison_constant | Did you mean "prod"?'],
    [`when: a.status == 'success'`, 'comparison_constant | Did you mean "completed"?'],
    [`when: a.status != 'Failed'`, 'comparison_constant | Did you mean "failed"?'],
    ['when: always', 'name_unknown | Write always().'],
    ['when: flag == True', 'name_unknown | Write true.'],
    ['when: failure()', 'function_unknown | Did you mean failed()?'],
    ['when: flag = true', 'expression_syntax | Write flag == true'],
    ['when: flag and n > 1', 'expression_syntax | Write flag && n > 1'],
    ['when: not flag', 'expression_syntax | Write !flag'],
    ['when: flag === true', 'expression_syntax | Write flag == true'],
  ])('%s', (fields, problem) => {
    expect(hintsOf(withStep(`command: [x], ${fields}`))).toEqual([`7 ${problem}`]);
  });

  test.each([
    ['when: 1 == 2', 'condition_is_constant | Compare an input or a result with something.'],
    ['when: true', 'condition_is_constant | Leave it out.'],
    ['when: false', 'condition_is_constant | Compare an input or a result with something.'],
  ])('%s is the same each time', (fields, problem) => {
    expect(warningsOf(withStep(`command: [x], ${fields}`))).toEqual([problem]);
  });

  test.each([
    'when: "text.contains(\\"{{\\")"',
    'when: flag && n != 3',
    'when: "{{ env == \'test\' }}"',
    `when: 'a.status in ["failed"]'`,
    'when: always()',
  ])('%s is good', (fields) => {
    expect(warningsOf(withStep(`command: [x], ${fields}`))).toEqual([]);
  });
});

describe('members and templates', () => {
  test.each([
    [
      '{{ a.result.content-type }}',
      'member_hyphenated | Write a.result["content-type"], or put spaces around a minus.',
    ],
    [
      '{{ a.result.x-request-id }}',
      'member_hyphenated | Write a.result["x-request-id"], or put spaces around a minus.',
    ],
    ['{{ a.result.1st }}', 'expression_syntax | Write a.result["1st"]'],
    ['{{ a.result.list.0 }}', 'expression_syntax | Write a.result.list[0]'],
    ['{{ a.result | upper }}', 'expression_syntax | There are no filters. Write upper(a.result)'],
    [
      '{{ a.result | default("x") }}',
      'expression_syntax | There are no filters. Write default(a.result, "x")',
    ],
    ["{{ a.result.type ?? 'x' }}", "expression_syntax | Write default(a.result.type, 'x')"],
    [
      '${{ n }}',
      'template_dollar | Write {{ n }} without the $. For a dollar sign itself write {{ "$" }}{{ n }}.',
    ],
    ['{{{ n }}}', 'expression_syntax | Two braces are enough: {{ n }}'],
    [`{{ '{{ env }}' == "x" }}`, 'template_nested | Write {{ env == "x" }}'],
    ['{{ len(text) }}', 'function_unknown | Did you mean size()?'],
    ['{{ text.toUpperCase() }}', 'function_unknown | Did you mean upper()?'],
  ])('%s', (template, problem) => {
    expect(hintsOf(withStep(`transform: [${JSON.stringify(template)}]`))).toEqual([`7 ${problem}`]);
  });

  test.each([
    '{{ a.result.total-n }}',
    '{{ a.result.total - n }}',
    '{{ a.result.total-1 }}',
    '{{ "{{ x }}" }}',
  ])('%s is what it says', (template) => {
    expect(warningsOf(withStep(`transform: [${JSON.stringify(template)}]`))).toEqual([]);
  });

  test.each(['{% if x %}', '${inputs.n}', '{inputs.n}', '$(inputs.n)', '<%= n %>', '{ { n } }'])(
    '%s is no template',
    (text) => {
      expect(warningsOf(withStep(`transform: [${JSON.stringify(`a ${text} b`)}]`))).toEqual([
        expect.stringMatching(/^template_foreign/),
      ]);
    },
  );
});

describe('text fields', () => {
  test('take scalars as they are written', () => {
    const text = `${HEAD}labels: { 1.10: 0755, true: 1e3 }
inputs: { v: { type: string, default: 1.10, enum: [1.10, 2.0] } }
steps:
  - { key: a, title: 1.0, command: [x, 0755, 1.10, 1e3, true, 12345678901234567890, &v 0x10, *v], env: { A: 0755, B: True }, cwd: 007, stdin: 1.50 }
  - { key: b, http: { method: POST, url: 'http://x/{{ v }}', headers: { x: 1.10 }, query: { m: 0755, l: [1.0, 2] }, body: { v: 1.10 } } }
`;
    const { labels, inputs } = planOf(text);
    expect([labels, inputs['v']]).toMatchObject([
      { '1.10': '0755', true: '1e3' },
      { default: '1.10', enum: ['1.10', '2.0'] },
    ]);
    expect(stepOf(text, 'a')).toMatchObject({
      title: '1.0',
      spec: {
        argv: ['x', '0755', '1.10', '1e3', 'true', '12345678901234567890', '0x10', '0x10'],
        ...{ env: { A: '0755', B: 'True' }, cwd: '007', stdin: '1.50' },
      },
    });
    expect(stepOf(text, 'b').spec).toMatchObject({
      ...{ headers: { x: '1.10' }, query: { m: '0755', l: ['1.0', '2'] }, body: { v: 1.1 } },
    });
  });

  test('from JSON too', () => {
    const text = '{"name": "w", "version": 1.10, "steps": [{"key": "a", "command": ["x", 0.10, 1E3]}]}';
    expect(planOf(text).version).toBe('1.10');
    expect(stepOf(text, 'a').spec).toMatchObject({ argv: ['x', '0.10', '1E3'] });
  });

  test.each([
    [
      'command: [x], env: { A: }',
      'field_type | Write "" for an empty text. What begins with # is a comment unless it is in quotes.',
    ],
    ['command: [x, ~]', 'field_type | Write "~" in quotes if the word is meant, or leave the field out.'],
    ['command: [x], title: "{{ n }}"', 'template_not_here | Write the text itself.'],
    ['agent: "{{ env }}", prompt: x', 'template_not_here | Write the text itself.'],
  ])('%s', (fields, problem) => {
    expect(hintsOf(withStep(fields))).toEqual([`7 ${problem}`]);
  });
});

describe('YAML', () => {
  const prompt = (text: string): string =>
    `${HEAD}steps:\n  - key: a\n    agent: code\n    prompt: ${text}\n`;
  test.each([
    ['{{ inputs.x }}', "yaml_construct | Write prompt: '{{ inputs.x }}'"],
    ['{{ x }} and {{ y }}', "yaml_syntax | Write prompt: '{{ x }} and {{ y }}'"],
    ['[{{ x }}, b]', "yaml_construct | Write prompt: ['{{ x }}', b]"],
    ['Review this: {{ text }}', "yaml_syntax | Write prompt: 'Review this: {{ text }}'"],
    ["It's: {{ text }}", `yaml_syntax | Write prompt: "It's: {{ text }}"`],
    ['@bob look', "yaml_syntax | Write prompt: '@bob look'"],
    ['`x`', "yaml_syntax | Write prompt: '`x`'"],
    ['%x', "yaml_syntax | Write prompt: '%x'"],
    ['**bold** text', "yaml_syntax | Write prompt: '**bold** text'"],
    ['- x', "yaml_syntax | Write prompt: '- x'"],
    ['>x', "yaml_syntax | Write prompt: '>x'"],
    ['"yes" or no', `yaml_syntax | Write prompt: '"yes" or no'`],
    ["'it's ok'", `yaml_syntax | Write prompt: "it's ok"`],
    ['!important x', "yaml_construct | Leave the tag out, or if it is a text: Write prompt: '!important x'"],
    ['caf\ufffd', 'text_encoding | Save the file as UTF-8.'],
    [
      '"\\d+"',
      "yaml_syntax | Write single quotes ('…'), which keep a backslash as it is, or two backslashes.",
    ],
  ])('%s', (text, problem) => {
    expect(hintsOf(prompt(text))).toEqual([`6 ${problem}`]);
  });

  test.each([
    ['fix #12', "comment_in_text | Write 'fix #12', or a space after the # of a comment."],
    ['&important do it', 'anchor_unused | Put the text in quotes, or leave the anchor out.'],
    ['"\\bword"', "escape_in_text | Write single quotes ('…'), or two backslashes."],
  ])('%s may mean something else', (text, problem) => {
    expect(warningsOf(prompt(text))).toEqual([problem]);
  });

  test('several documents are refused, a byte order mark and CR LF are not', () => {
    const good = prompt('|\n      one\n      two');
    expect(hintsOf(`${good}---\nname: v\n`)).toEqual([expect.stringMatching(/^10 yaml_construct/)]);
    expect(warningsOf(`\ufeff---\n${good.replaceAll('\n', '\r\n')}...\r\n`)).toEqual([]);
    expect(stepOf(good.replaceAll('\n', '\r\n'), 'a').spec).toMatchObject({ prompt: 'one\ntwo\n' });
    const json = JSON.stringify({ name: 'w', version: '1', steps: [{ key: 'a', wait: '1s' }] });
    expect(validateDefinition(`\ufeff${json}`, { format: 'json' })).toMatchObject({ valid: true });
  });
});

test('all mistakes are told at once, each with what was meant', () => {
  const text = `name: pr review
version: 1
inputs:
  - diff
  - strictness
steps:
  - id: correctness
    agent: reviewer
    prompt: 'Review: {{ diff }}'
  - key: security
    agent: securty
    prompt: 'Review: {{ inputs.dif }}'
    output_schema: { type: objekt, properties: { severity: { enum: [low, high] } } }
  - key: style
    agent: quality
    prompt: 'Style: \${{ inputs.diff }}'
    timeout: 5 minutes
  - key: verdict
    depends_on: [correctness, security, style]
    transform: "{{ security.result.severity == 'high' }}"
  - key: fix
    agent: code
    needs: verdict
    if: '{{ verdict.result }}'
    prompt: 'Fix it: {{ securtiy.result.findings }}'
    tools: [Edit, bash]
    dependencies: verdict
    when: verdict.result = true
    retries: 3
  - run: npm test
    continue-on-error: true
`;
  expect(hintsOf(text)).toEqual([
    '1 name_invalid | Write for example pr-review.',
    '4 field_type | Write names with values: inputs: {diff: any, strictness: any}.',
    '7 field_unknown | Write key: correctness',
    '8 agent_unknown | Did you mean "review"?',
    '11 agent_unknown | Did you mean "security"?',
    '12 name_unknown | Did you mean "diff"?',
    '13 schema_invalid | Did you mean "object"?',
    '16 template_dollar | Write {{ inputs.diff }} without the $. For a dollar sign itself write {{ "$" }}{{ inputs.diff }}.',
    '17 duration_invalid | Write 5m.',
    '19 field_unknown | Write dependencies: [correctness, security, style].',
    '23 field_unknown | Write dependencies: [verdict].',
    '24 field_unknown | Write when: verdict.result',
    '25 name_unknown | Did you mean "security"?',
    '26 tool_unknown | Did you mean "edit_file"?',
    '26 tool_unknown | Did you mean "run_command"?',
    '27 field_type | Write a list: dependencies: [verdict].',
    '28 expression_syntax | Write verdict.result == true',
    '29 field_unknown | Write retry: {attempts: 4}: attempts count the first try too.',
    '30 field_unknown | Write command: [sh, -c, "npm test"].',
    '30 field_missing | Add key: a text.',
    '31 field_unknown | Write onError: continue.',
  ]);
});

describe('fields', () => {
  test.each([
    ['transform: 1, capability: gpu', 'field_without_effect | Leave it out.'],
    ['transform: 1, retry: 3', 'field_without_effect | Leave it out.'],
    ['transform: 1, timeout: 3s', 'field_without_effect | Leave it out.'],
    ['wait: 1s, retry: 3', 'field_without_effect | Leave it out.'],
    ['ask: ok, capability: gpu', 'field_without_effect | Leave it out.'],
    ['ask: ok, idempotent: false', 'field_without_effect | Leave it out.'],
    ['transform: 1, idempotent: true', 'field_without_effect | Leave it out.'],
    ['wait: 1s, idempotent: true', 'field_without_effect | Leave it out.'],
    ['command: [x], idempotent: "yes"', 'field_type | Write true.'],
    [
      'command: [x], prompt: y',
      'field_unknown | It belongs to steps of kind agent; this one is of kind command.',
    ],
    ['command: npm test', 'field_type | Write a list, one entry for each argument: command: [npm, test].'],
    [
      'command: "npm test && x"',
      'field_type | There is no shell unless you ask for one: command: [sh, -c, "npm test && x"].',
    ],
    ['http: { url: "http://x", method: post }', 'field_value | Did you mean POST?'],
    ['http: { uri: "http://x" }', 'field_unknown | Write url: http://x'],
    [
      'command: [x], foreach: [1]',
      'field_unknown | There are no loops in a definition: write a step for each, or let an agent go through the list.',
    ],
    ['agent: code, prompt: x, maxTurns: 3', 'field_unknown | Did you mean "max_turns"?'],
    ['command: [x], timeout: 00:05:00', 'duration_invalid | Write 5m.'],
  ])('%s', (fields, problem) => {
    expect(hintsOf(withStep(fields))).toEqual([`7 ${problem}`]);
  });
});

describe('inputs', () => {
  test('that nothing declares are listed; a slip in one is an error', () => {
    const steps = (prompt: string): string =>
      `${HEAD}steps:\n  - { key: review-code, agent: security, prompt: x }\n  - { key: b, agent: code, dependencies: [review-code], prompt: '${prompt}' }\n`;
    expect(warningsOf(steps('{{ git_diff }} {{ inputs.depth }}'))).toEqual([
      'input_implied | Declare them: inputs: {git_diff: any, depth: any}.',
    ]);
    expect(hintsOf(steps('{{ git_diff }} {{ gitDiff }}'))).toEqual([
      '5 name_unknown | Did you mean "git_diff"? Otherwise declare gitDiff under "inputs".',
    ]);
    expect(hintsOf(steps('{{ review_code }}'))).toEqual([
      '5 name_unknown | Did you mean "review-code"? Otherwise declare review_code under "inputs".',
    ]);
    expect(hintsOf(steps('{{ security.result }}'))).toEqual([
      '5 name_unknown | "security" is the agent of the step "review-code": write review-code.result.',
    ]);
    expect(warningsOf(steps('{{ file1 }} {{ file2 }} {{ code }} {{ user }} {{ users }}'))).toHaveLength(1);
  });

  test.each([
    ['a: { type: str }', '3 field_value | Did you mean string?'],
    ['a: 3', '3 field_type | For a default write a: {type: integer, default: 3}.'],
    ['a: { type: integer, enum: [1, x] }', '3 input_enum_invalid | Write a value of type integer.'],
    ['a: { default: "{{ n }}" }', '3 template_not_here | Compute it in a step of kind transform.'],
  ])('%s', (input, problem) => {
    expect(hintsOf(`${HEAD}inputs: { ${input} }\nsteps:\n  - { key: s, transform: inputs }\n`)).toEqual([
      problem,
    ]);
  });

  test('that nothing reads are told', () => {
    expect(warningsOf(`${HEAD}inputs: { a: string }\nsteps:\n  - { key: s, wait: 1s }\n`)).toEqual([
      'input_unused | Read it as {{ inputs.a }}, or remove it.',
    ]);
  });
});

test('the seed format compiles as it was asked for', () => {
  const example = readFileSync(new URL('../../examples/code-review.yaml', import.meta.url), 'utf8');
  const seed = example.replace(/inputs:\n {2}git_diff: any\n/, '');
  expect(seed).not.toBe(example);
  expect(planOf(seed)).toEqual(planOf(example));
});

describe('what is written and would do nothing', () => {
  test.each([
    ['http: { url: "http://x", body: { a: 1 } }', 'field_without_effect | Write method: POST beside it.'],
    ['command: [x], retry: { initial: 2m, max: 1m }', 'field_value | Raise max, or leave it out.'],
    ['ask: { prompt: x, approvers: [] }', 'field_value | '],
    [
      'agent: code, prompt: x, output_schema: { severity: str, n: int }',
      'schema_invalid | Write {type: object, properties: {severity: {type: string}, n: {type: integer}}}.',
    ],
    ['transform: ', 'field_type | Write null where nothing is meant.'],
  ])('%s', (fields, problem) => {
    expect(hintsOf(withStep(fields))).toEqual([`7 ${problem}`]);
  });

  test.each([
    ['transform: [a.result]', "template_without_braces | Write '{{ a.result }}'."],
    ['transform: [inputs.n]', "template_without_braces | Write '{{ inputs.n }}'."],
    [
      `transform: '{{ a.status }} == "failed"'`,
      `expression_is_text | Write transform: '{{ a.status == "failed" }}'.`,
    ],
    [
      'http: { url: "http://x", headers: { authorization: "Bearer $TOKEN" } }',
      'template_foreign | Write {{ secrets.TOKEN }}, or an input.',
    ],
    [
      'agent: code, prompt: x, output_schema: { type: object, propertees: {} }',
      'schema_word_unknown | Did you mean "properties"?',
    ],
  ])('%s', (fields, problem) => {
    expect(warningsOf(withStep(fields))).toEqual([problem]);
  });

  test('a first wait longer than the usual longest one is waited for', () => {
    expect(stepOf(withStep('command: [x], retry: { initial: 5m }'), 'b').retry).toMatchObject({
      ...{ initialMs: 300_000, maxMs: 300_000 },
    });
  });
});

test('what is doubtful in the file of an agent is told with its place', () => {
  const text = `${HEAD}steps:\n  - { key: a, agent: me, prompt: x }\n`;
  const agents = { me: { file: 'agents/me.yaml', text: 'system: You review #12\n' } };
  expect(validateDefinition(text, { agents }).warnings).toMatchObject([
    { file: 'agents/me.yaml', line: 1, code: 'comment_in_text' },
  ]);
});
