import { describe, expect, test } from 'vitest';
import type { AskSpec } from '../../plan/plan.ts';
import { errorsOf, stepOf } from '../testing/compiled.ts';

/** The question's fields stand from line 8. */
const asking = (fields: string): string =>
  `name: w\nversion: '1'\ninputs: { topic: string }\nsteps:\n  - { key: a, transform: topic }\n  - key: q\n    dependencies: [a]\n    ${fields}\n`;

function specOf(fields: string): AskSpec {
  const { spec } = stepOf(asking(fields), 'q');
  if (spec.kind !== 'ask') throw new Error(spec.kind);
  return spec;
}

const TEXT = { type: 'string' };
const APPROVAL = {
  type: 'object',
  required: ['approved'],
  properties: { approved: { type: 'boolean' }, comment: { type: 'string' } },
};

describe('questions', () => {
  test('a bare text asks everybody for a text, and waits for ever', () => {
    expect(specOf('ask: Shall we go on with {{ topic }}?')).toEqual({
      kind: 'ask',
      prompt: { $text: ['Shall we go on with ', { $expr: 'inputs.topic' }, '?'] },
      form: TEXT,
      approval: false,
      approvers: [],
      needed: 1,
      notStarter: false,
      timeoutMs: null,
      onTimeout: { action: 'fail' },
    });
  });

  test('read inputs and earlier steps', () => {
    const { uses } = stepOf(asking('ask: "{{ a.result }} {{ topic }}"'), 'q');
    expect(uses).toEqual([
      { root: 'steps', name: 'a', field: 'result', path: [] },
      { root: 'inputs', name: 'topic', path: [] },
    ]);
  });

  test.each<[string, Partial<AskSpec>]>([
    ['{ prompt: p }', { form: TEXT, approval: false }],
    ['{ prompt: p, approval: true }', { form: APPROVAL, approval: true }],
    [
      '{ prompt: p, approvers: [eva, tom, eva] }',
      { form: APPROVAL, approval: true, approvers: ['eva', 'tom'] },
    ],
    ['{ prompt: p, needed: 2 }', { form: APPROVAL, approval: true, needed: 2 }],
    ['{ prompt: p, not_starter: true }', { approval: true, notStarter: true }],
    ['{ prompt: p, approvers: [eva], approval: false }', { form: TEXT, approval: false }],
    [
      '{ prompt: p, approvers: [eva], form: { type: integer } }',
      { form: { type: 'integer' }, approval: false, approvers: ['eva'] },
    ],
    ['{ prompt: p, timeout: 1h }', { timeoutMs: 3_600_000, onTimeout: { action: 'fail' } }],
    ['{ prompt: p, timeout: 1h, on_timeout: fail }', { onTimeout: { action: 'fail' } }],
    [
      '{ prompt: p, timeout: 1h, on_timeout: { answer: later } }',
      { onTimeout: { action: 'answer', value: 'later' } },
    ],
    [
      '{ prompt: p, approval: true, timeout: 1h, on_timeout: { answer: { approved: false } } }',
      { onTimeout: { action: 'answer', value: { approved: false } } },
    ],
    [
      '{ prompt: p, form: { $ref: "#/$defs/n", $defs: { n: { type: [integer, "null"] } } }, timeout: 1h, on_timeout: { answer: null } }',
      { onTimeout: { action: 'answer', value: null } },
    ],
  ])('%s', (ask, spec) => {
    expect(specOf(`ask: ${ask}`)).toMatchObject(spec);
  });

  test('the time may stand beside the question, and is not that of an attempt', () => {
    const step = stepOf(asking('ask: p\n    timeout: 5m'), 'q');
    expect(step).toMatchObject({ kind: 'ask', timeoutMs: null, spec: { timeoutMs: 300_000 } });
  });
});

describe('errors of questions', () => {
  test.each<[string, string, string[]]>([
    ['no text', 'ask: 7', ['8:10 field_type']],
    ['no prompt', 'ask: { approval: true }', ['8:5 field_missing']],
    ['empty prompt', 'ask: { prompt: "" }', ['8:20 field_value']],
    ['unknown field', 'ask: { prompt: p, aprovers: [eva] }', ['8:23 field_unknown']],
    ['unknown name', 'ask: Go on with {{ topik }}?', ['8:21 name_unknown']],
    ['secret', 'ask: "{{ secrets.x }}"', ['8:11 secret_misplaced']],
    ['another kind beside it', 'ask: p\n    wait: 1s', ['9:5 step_kind_ambiguous']],
    ['form as a text', 'ask: { prompt: p, form: string }', ['8:29 field_type']],
    ['form that is no schema', 'ask: { prompt: p, form: { type: text } }', ['8:37 schema_invalid']],
    [
      'form that refers elsewhere',
      'ask: { prompt: p, form: { $ref: "https://example.com/form.json" } }',
      ['8:37 schema_invalid'],
    ],
    [
      'form that refers to nothing',
      'ask: { prompt: p, form: { $ref: "#/$defs/x" } }',
      ['8:37 schema_invalid'],
    ],
    [
      'form with a pattern that looks ahead',
      'ask: { prompt: p, form: { type: string, pattern: "^(?=a)+" } }',
      ['8:54 schema_invalid'],
    ],
    [
      'form with a pattern that is too large',
      'ask: { prompt: p, form: { items: { pattern: "(a{30}){40}" } } }',
      ['8:49 schema_invalid'],
    ],
    [
      'form that names a member twice',
      'ask: { prompt: p, form: { required: [a, a] } }',
      ['8:41 schema_invalid'],
    ],
    ['form of a multiple of nothing', 'ask: { prompt: p, form: { multipleOf: 0 } }', ['8:43 schema_invalid']],
    ['form with a type in a list', 'ask: { prompt: p, form: { type: [text] } }', ['8:37 schema_invalid']],
    [
      'form that refers to itself',
      'ask: { prompt: p, form: { items: { $ref: "#" } } }',
      ['8:46 schema_invalid'],
    ],
    [
      'answer that takes too long to judge',
      `ask: { prompt: p, form: { pattern: "(a|b)*a(a|b){50}c" }, timeout: 1m, on_timeout: { answer: ${'a'.repeat(60_000)} } }`,
      ['8:98 ask_invalid'],
    ],
    [
      'form of an approval',
      'ask: { prompt: p, approval: true, form: { type: object } }',
      ['8:39 ask_invalid'],
    ],
    [
      'more answers than people',
      'ask: { prompt: p, approvers: [eva, eva], needed: 2 }',
      ['8:54 ask_invalid'],
    ],
    ['nobody needed', 'ask: { prompt: p, needed: 0 }', ['8:31 field_value']],
    ['approver without a name', 'ask: { prompt: p, approvers: [""] }', ['8:35 field_value']],
    ['two times', 'ask: { prompt: p, timeout: 1m }\n    timeout: 1m', ['9:5 field_duplicate']],
    ['no time', 'ask: { prompt: p, timeout: 0s }', ['8:32 duration_invalid']],
    ['end without a time', 'ask: { prompt: p, on_timeout: fail }', ['8:23 field_missing']],
    ['unknown end', 'ask: { prompt: p, timeout: 1m, on_timeout: go }', ['8:48 field_value']],
    ['end without an answer', 'ask: { prompt: p, timeout: 1m, on_timeout: {} }', ['8:36 field_missing']],
    [
      'answer that does not fit',
      'ask: { prompt: p, approval: true, timeout: 1m, on_timeout: { answer: { approved: maybe } } }',
      ['8:74 ask_invalid'],
    ],
    [
      'answer that is no text',
      'ask: { prompt: p, timeout: 1m, on_timeout: { answer: 1 } }',
      ['8:58 ask_invalid'],
    ],
  ])('%s', (_, fields, errors) => {
    expect(errorsOf(asking(fields))).toEqual(errors);
  });
});
