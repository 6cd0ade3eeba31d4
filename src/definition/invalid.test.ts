import { describe, expect, test } from 'vitest';
import { isWhole } from '../../test/support/cases.ts';
import { compile, validateDefinition } from './compile.ts';
import { errorsOf } from './testing/compiled.ts';

const STEPS = `name: w
version: 1.0.0
inputs: { topic: string }
steps:
  - key: one
    agent: code
    prompt: go
  - key: two
    agent: code
    dependencies: [one]
`;

/** A good beginning of nine lines; `rest` goes on in the step `two`, from line 11. */
const inTwo = (rest: string): string => `${STEPS}    ${rest}\n`;

describe('texts that are no definition', () => {
  test.each<[string, string, string[]]>([
    ['unclosed flow list', 'name: w\nsteps: [1, 2', ['2:13 yaml_syntax']],
    ['tab as indentation', 'name: w\nsteps:\n\t- key: a', ['3:1 yaml_syntax']],
    ['two colons', 'name: w: x\nsteps: []', ['1:7 yaml_syntax']],
    ['duplicate field', 'name: w\nname: v\nsteps: []', ['2:1 field_duplicate']],
    [
      'duplicate field of a step',
      'name: w\nsteps:\n  - key: a\n    wait: 1s\n    key: b',
      ['5:5 field_duplicate'],
    ],
    ['unknown alias', 'name: *w\nsteps: []', ['1:7 yaml_syntax']],
    ['merge key', 'a: &a {x: 1}\nname: w\nb:\n  <<: *a', ['4:3 yaml_construct']],
    ['custom tag', 'name: !secret w\nsteps: []', ['1:7 yaml_construct']],
    ['forbidden name', 'name: w\n__proto__: 1', ['2:1 name_forbidden']],
    ['list as a name', '? [a]\n: 1', ['1:3 yaml_construct']],
    ['not a number', 'name: w\ntimeout: .nan', ['2:10 number_invalid']],
    ['empty text', '', ['1:1 field_type']],
    ['a list', '- name: w', ['1:1 field_type']],
    ['too deep, in brackets', `name: w\nsteps: ${'['.repeat(60)}`, ['2:58 too_deep']],
    ['too deep, in dashes', `${'- '.repeat(400_000)}x`, ['1:101 too_deep']],
    [
      'too deep, by indentation',
      Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      ['52:52 too_deep'],
    ],
    ['too large', `name: ${'x'.repeat(1024 * 1024)}`, ['1:1 text_too_large']],
  ])('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test.each<[string, string, string[]]>([
    ['trailing comma', '{\n  "name": "w",\n}', ['3:1 json_syntax']],
    ['missing comma', '{"name": "w"\n "steps": []}', ['2:2 json_syntax']],
    ['single quotes', "{'name': 'w'}", ['1:2 json_syntax']],
    ['a comment', '{"name": "w" // x\n}', ['1:14 json_syntax']],
    ['cut off', '{"name": ["w"', ['1:14 json_syntax']],
    ['two values', '{} {}', ['1:4 json_syntax']],
    ['duplicate field', '{"name": "w", "name": "v", "steps": []}', ['1:15 field_duplicate']],
    ['wrong type', '{"name": 1,\n "steps": {}}', ['1:10 name_invalid', '2:11 field_type']],
  ])('JSON: %s', (_, text, errors) => {
    expect(errorsOf(text, { format: 'json' })).toEqual(errors);
  });
});

test('a bomb of aliases is refused before it goes off', () => {
  expect(errorsOf(bomb())).toEqual([expect.stringMatching(/ yaml_construct$/)]);
});

/** Ten levels of ten aliases each: 10^10 values when written out. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(10)}]`);
  return ['l0: &l0 [x]', ...levels].join('\n');
}

describe('definitions with errors', () => {
  test.each<[string, string, string[]]>([
    ['no name', 'steps:\n  - { key: a, wait: 1s }', ['1:1 field_missing']],
    ['name of Object.prototype', 'name: toString\nsteps:\n  - { key: a, wait: 1s }', ['1:7 name_invalid']],
    ['name of Temporal', 'name: __temporal_x\nsteps:\n  - { key: a, wait: 1s }', ['1:7 name_invalid']],
    ['name with spaces', 'name: my flow\nsteps:\n  - { key: a, wait: 1s }', ['1:7 name_invalid']],
    [
      'version with spaces',
      'name: w\nversion: one two\nsteps:\n  - { key: a, wait: 1s }',
      ['2:10 version_invalid'],
    ],
    ['no steps', 'name: w', ['1:1 field_missing']],
    ['empty steps', 'name: w\nsteps: []', ['2:1 steps_empty']],
    ['steps as a map', 'name: w\nsteps: { a: 1 }', ['2:8 field_type', '2:13 field_type']],
    ['step as a text', 'name: w\nsteps:\n  - go', ['3:5 field_type']],
    ['misspelt field', 'name: w\nstep: []\nsteps:\n  - { key: a, wait: 1s }', ['2:1 field_unknown']],
    ['unknown failure', 'name: w\nfailure: slow\nsteps:\n  - { key: a, wait: 1s }', ['2:10 field_value']],
    [
      'max_parallel too large',
      'name: w\nmax_parallel: 501\nsteps:\n  - { key: a, wait: 1s }',
      ['2:15 field_value'],
    ],
    ['run timeout', 'name: w\ntimeout: soon\nsteps:\n  - { key: a, wait: 1s }', ['2:10 duration_invalid']],
    ['input type', 'name: w\ninputs:\n  n: int\nsteps:\n  - { key: a, wait: 1s }', ['3:6 field_value']],
    [
      'input name',
      'name: w\ninputs:\n  a b: string\nsteps:\n  - { key: a, wait: 1s }',
      ['3:3 input_name_invalid'],
    ],
    [
      'input default',
      'name: w\ninputs:\n  n: { type: integer, default: x }\nsteps:\n  - { key: a, wait: 1s }',
      ['3:32 input_default_invalid'],
    ],
    [
      'input default outside enum',
      'name: w\ninputs:\n  n: { enum: [1], default: 2 }\nsteps:\n  - { key: a, wait: 1s }',
      ['3:28 input_default_invalid'],
    ],
    ['step without key', 'name: w\nsteps:\n  - wait: 1s', ['3:5 field_missing']],
    ['key as a number', 'name: w\nsteps:\n  - { key: 1, wait: 1s }', ['3:12 step_key_invalid']],
    ['key with a dot', 'name: w\nsteps:\n  - { key: a.b, wait: 1s }', ['3:12 step_key_invalid']],
    ['key of Object.prototype', 'name: w\nsteps:\n  - { key: valueOf, wait: 1s }', ['3:12 step_key_invalid']],
    ['key that is a root', 'name: w\nsteps:\n  - { key: inputs, wait: 1s }', ['3:12 step_key_invalid']],
    [
      'duplicate key',
      'name: w\nsteps:\n  - { key: a, wait: 1s }\n  - { key: a, wait: 1s }',
      ['4:12 step_key_duplicate'],
    ],
    ['no kind', 'name: w\nsteps:\n  - key: a\n    prompt: x', ['3:5 step_kind_missing']],
    [
      'two kinds',
      'name: w\nsteps:\n  - key: a\n    wait: 1s\n    transform: "1"',
      ['5:5 step_kind_ambiguous'],
    ],
    [
      'depends on itself',
      'name: w\nsteps:\n  - { key: a, wait: 1s, dependencies: [a] }',
      ['3:40 dependency_self'],
    ],
    [
      'cycle',
      'name: w\nsteps:\n  - { key: a, wait: 1s, dependencies: [b] }\n  - { key: b, wait: 1s, dependencies: [a] }',
      ['3:40 dependency_cycle'],
    ],
    ['agent without prompt', inTwo('title: x'), ['8:5 field_missing']],
    ['misspelt kind', 'name: w\nsteps:\n  - { key: a, transfrom: 1 }', ['3:15 field_unknown']],
    ['misspelt field of a step', inTwo('prompt: x\n    tiemout: 1s'), ['12:5 field_unknown']],
    ['model without provider', inTwo('prompt: x\n    model: gpt-4'), ['12:12 model_invalid']],
    ['unknown provider', inTwo('prompt: x\n    model: openia/gpt-4'), ['12:12 model_provider_unknown']],
    ['computed model', inTwo('prompt: x\n    model: "{{ topic }}/x"'), ['12:12 model_invalid']],
    ['temperature', inTwo('prompt: x\n    temperature: 3'), ['12:18 field_value']],
    ['when as a list', inTwo('prompt: x\n    when: [a]'), ['12:11 field_type']],
    ['unclosed braces', inTwo('prompt: "x {{ topic"'), ['11:16 template_unclosed']],
    ['empty braces', inTwo('prompt: "x {{ }} y"'), ['11:16 expression_empty']],
    ['broken expression', inTwo('prompt: "{{ topic }} {{ topic + }}"'), ['11:26 expression_syntax']],
    ['unknown name', inTwo('prompt: "a {{ topik }}"'), ['11:16 name_unknown']],
    ['what no error tells', inTwo('prompt: a {{ one.error.exitcode }}'), ['11:15 name_unknown']],
    ['unknown input', inTwo('prompt: a {{ inputs.topik }}'), ['11:15 name_unknown']],
    ['unknown step', inTwo('prompt: a {{ steps.oen.result }}'), ['11:15 name_unknown']],
    ['unknown hyphenated name', inTwo('prompt: a {{ one-x.result }}'), ['11:15 name_unknown']],
    ['unknown part of a step', inTwo('prompt: a {{ one.outcome }}'), ['11:15 reference_incomplete']],
    ['step without part', inTwo('prompt: a {{ one }}'), ['11:15 reference_incomplete']],
    ['computed step', inTwo('prompt: a {{ steps[topic].result }}'), ['11:15 reference_computed']],
    ['itself', inTwo('prompt: a {{ two.result }}'), ['11:15 reference_not_ancestor']],
    ['pattern that looks ahead', inTwo('prompt: a {{ topic.matches("(?=a)b") }}'), ['11:15 pattern_invalid']],
    ['unknown function', inTwo('prompt: a {{ sizeof(topic) }}'), ['11:15 function_unknown']],
    ['clocks', inTwo('prompt: a {{ timestamp("2020-01-01T00:00:00Z") }}'), ['11:15 function_unknown']],
    ['wrong types', inTwo('prompt: a {{ 1 + "a" }}'), ['11:15 expression_type']],
    ['status function in a prompt', inTwo('prompt: a {{ failed() }}'), ['11:15 status_misplaced']],
    ['secret in a prompt', inTwo('prompt: a {{ secrets.key }}'), ['11:15 secret_misplaced']],
    ['item outside foreach', inTwo('prompt: a {{ item }}'), ['11:15 name_misplaced']],
    ['variable that shadows', inTwo('prompt: a {{ [1].map(one, one) }}'), ['11:15 variable_shadows']],
    [
      'second of two in a block',
      inTwo('prompt: |\n      first {{ topic }}\n      second {{ nope }}'),
      ['13:14 name_unknown'],
    ],
    [
      'text as condition',
      inTwo('prompt: x\n    when: "{{ topic }} == {{ topic }}"'),
      ['12:11 condition_is_text'],
    ],
    ['number as condition', inTwo('prompt: x\n    when: size(topic)'), ['12:11 condition_not_boolean']],
    ['unknown name in a condition', inTwo('prompt: x\n    when: tropic == "x"'), ['12:11 name_unknown']],
    ['retry attempts', inTwo('prompt: x\n    retry: 0'), ['12:12 field_value']],
    [
      'retry delay',
      inTwo('prompt: x\n    retry: { attempts: 2, initial: 5 parsecs }'),
      ['12:36 duration_invalid'],
    ],
    ['retry condition', inTwo('prompt: x\n    retry: { if: error.kind == "x" }'), ['12:18 name_unknown']],
    ['misspelt field of retry', inTwo('prompt: x\n    retry: { attempt: 2 }'), ['12:14 field_unknown']],
    ['onError', inTwo('prompt: x\n    onError: ignore'), ['12:14 field_value']],
    ['onError twice', inTwo('prompt: x\n    onError: fail\n    on_error: fail'), ['13:5 field_duplicate']],
    [
      'unknown name in a fallback',
      inTwo('prompt: x\n    onError: { fallback: "{{ nope }}" }'),
      ['12:27 name_unknown'],
    ],
    ['reserved member', 'name: w\nsteps:\n  - key: a\n    transform: { $expr: x }', ['4:18 name_forbidden']],
    ['http without url', 'name: w\nsteps:\n  - key: a\n    http: { method: GET }', ['4:5 field_missing']],
    ['http method', 'name: w\nsteps:\n  - key: a\n    http: { method: get, url: x }', ['4:21 field_value']],
    ['command as a text', 'name: w\nsteps:\n  - key: a\n    command: git status', ['4:14 field_type']],
    ['command with a map', 'name: w\nsteps:\n  - key: a\n    command: [git, { a: 1 }]', ['4:20 field_type']],
    [
      'secret in a transform',
      'name: w\nsteps:\n  - key: a\n    transform: secrets.x',
      ['4:16 secret_misplaced'],
    ],
    [
      'unknown name in outputs',
      'name: w\ninputs: {}\noutputs: { x: "{{ nope }}" }\nsteps:\n  - { key: a, wait: 1s }',
      ['3:16 name_unknown'],
    ],
    ['wait without duration', 'name: w\nsteps:\n  - { key: a, wait: soon }', ['3:21 duration_invalid']],
  ])('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test('come all at once, in the order of the text, with path, hint and file', () => {
    const text = `name: a b\nsteps:\n  - key: x\n    wait: soon\n    dependencies: [z]\n  - key: x\n    agent: 7\n    prompt: "{{ y.result }}"\n    timeuot: 1s\n`;
    const result = compile(text, { file: 'bad.yaml' });
    expect(
      'errors' in result &&
        result.errors.map(({ file, line, path, code, hint }) => [file, line, path, code, hint]),
    ).toEqual([
      ['bad.yaml', 1, 'name', 'name_invalid', 'Write for example a-b.'],
      ['bad.yaml', 4, 'steps[0].wait', 'duration_invalid', 'Write for example 500ms, 10s, 5m, 1h30m or 2d.'],
      ['bad.yaml', 5, 'steps[0].dependencies[0]', 'dependency_unknown', 'There are no other steps.'],
      ['bad.yaml', 6, 'steps[1].key', 'step_key_duplicate', 'Rename this one; the other is steps[0].'],
      ['bad.yaml', 7, 'steps[1].agent', 'agent_unknown', expect.stringMatching(/^Known here: plan, code/)],
      ['bad.yaml', 8, 'steps[1].prompt', 'name_unknown', 'Did you mean "x"?'],
      ['bad.yaml', 9, 'steps[1].timeuot', 'field_unknown', 'Did you mean "timeout"?'],
    ]);
  });

  test('name the cycle', () => {
    const steps = ['a: [c]', 'b: [a]', 'c: [b]', 'd: [a]'].map((line) => line.split(': '));
    const text = `name: w\nsteps:\n${steps.map(([key, on]) => `  - { key: ${key}, wait: 1s, dependencies: ${on} }`).join('\n')}`;
    const result = compile(text);
    expect('errors' in result && result.errors.map(({ message }) => message)).toEqual([
      'The steps wait for each other in a circle: a → c → b → a.',
    ]);
  });

  test('say which dependency to add, or why none can be', () => {
    const text = `name: w\nsteps:\n  - { key: a, wait: 1s }\n  - { key: b, transform: c.result }\n  - { key: c, transform: a.result, dependencies: [b] }`;
    const result = compile(text);
    expect('errors' in result && result.errors.map(({ hint }) => hint)).toEqual([
      '"c" waits for "b", so it cannot be read here.',
      'Add "a" to the dependencies of "c".',
    ]);
  });

  test.each([
    ['{{ topik }}', 'Did you mean "topic"?'],
    ['{{ steps.onne.result }}', 'Did you mean "one"?'],
    ['{{ one.results }}', 'Write one.result, or one.result.results.'],
    ['{{ siez(topic) }}', 'Did you mean size()?'],
    ['{{ one.result.content-type }}', 'Write one.result["content-type"], or put spaces around a minus.'],
  ])('suggest what was meant by %s', (template, hint) => {
    const result = compile(inTwo(`prompt: a ${template}`));
    expect('errors' in result && result.errors.map((error) => error.hint)).toEqual([hint]);
  });
});

describe('limits', () => {
  const many = (count: number, prompt: string): string =>
    `name: w\nsteps:\n${Array.from({ length: count }, (_, at) => `  - { key: s${at}, agent: code, prompt: "${prompt}" }`).join('\n')}`;

  test.runIf(isWhole)('10,000 steps are refused by number', () => {
    const result = compile(many(10_000, 'go'));
    expect(result).toMatchObject({ errors: [{ code: 'too_many_steps', line: 2, column: 1 }] });
    expect('errors' in result && result.errors[0]?.message).toContain('10000 steps; the limit is 2000');
  });

  test.runIf(isWhole)('50,000 values are too many', () => {
    const text = `name: w\nsteps: [${'1,'.repeat(51_000)}1]`;
    expect(errorsOf(text)).toEqual(['2:100003 too_many_values']);
  });

  test.runIf(isWhole)('an answer comes also when nearly everything is wrong', () => {
    const unknown = Array.from({ length: 20 }, (_, at) => `nothing-like-it-${at}`).join(', ');
    const steps = Array.from(
      { length: 1_500 },
      (_, at) => `  - { key: step-${at}, wait: x, dependencies: [${unknown}] }`,
    );
    const { errors } = validateDefinition(`name: w\nsteps:\n${steps.join('\n')}`);
    expect(errors).toHaveLength(501);
    expect(errors.at(-1)).toMatchObject({ code: 'too_many_errors' });
  });

  test.runIf(isWhole)('2,000 steps compile', () => {
    expect(compile(many(2_000, 'Write a chapter about {{ topic }}'))).toHaveProperty(
      'plan.steps.length',
      2_000,
    );
  });

  test.runIf(isWhole)('a plan that is too large names limit and size', () => {
    const result = compile(many(2_000, 'x'.repeat(450)));
    expect('errors' in result && result.errors.map(({ code }) => code)).toEqual(['plan_too_large']);
    expect('errors' in result && result.errors[0]?.message).toMatch(/has \d+ bytes; the limit is 1835008/);
  });
});
