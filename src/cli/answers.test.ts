import { describe, expect, it } from 'vitest';
import { answerBody, fieldValue, saysSomething } from './answer-body.ts';
import type { QuestionJson } from './api-types.ts';
import { continueBody } from './commands/continue.ts';
import { choose } from './commands/questions.ts';
import { CliError } from './exit.ts';
import { questionTable, questionText } from './question-text.ts';

const question = (changes: Partial<QuestionJson> = {}): QuestionJson => ({
  run_id: 'run-1',
  workflow: 'w',
  id: 'review',
  kind: 'ask',
  step: 'review',
  prompt: 'Ship it?\nReally?',
  preview: 'Ship it?\nReally?',
  form: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', description: 'of the release' },
      level: { enum: ['low', 'high'] },
      count: { type: 'integer' },
    },
  },
  call: null,
  approvers: [],
  needed: 1,
  answers: [],
  asked_at: '2026-11-21T03:00:00Z',
  expires_at: null,
  ...changes,
});

const call = question({ kind: 'approval', form: null, call: { name: 'write_file', input: { path: 'a' } } });
const approval = question({ form: { type: 'object', properties: { approved: { type: 'boolean' } } } });
const fields = {};

const usage = (work: () => unknown): CliError => {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error('nothing was refused');
};

describe('answerBody', () => {
  it('takes text as text where the form wants text, else JSON where it is JSON', () => {
    expect(answerBody(question(), { fields: { name: '42', count: '42', level: 'low' } })).toEqual({
      answer: { name: '42', count: 42, level: 'low' },
    });
    expect(answerBody(question({ form: { type: 'string' } }), { fields, value: '{}' })).toEqual({
      answer: '{}',
    });
    expect(answerBody(question({ form: null }), { fields, value: '{"a": [1]}' })).toEqual({
      answer: { a: [1] },
    });
    expect([fieldValue({}, 'yes'), fieldValue({}, 'true')]).toEqual(['yes', true]);
  });

  it('decides about calls, and answers approvals by their form', () => {
    expect(answerBody(call, { fields, approve: true })).toEqual({ decision: 'approve' });
    expect(answerBody(call, { fields, reject: true, reason: 'no' })).toEqual({
      decision: 'reject',
      reason: 'no',
    });
    expect(answerBody(call, { fields, edit: '{"path": "b"}' })).toEqual({
      decision: 'edit',
      answer: { path: 'b' },
    });
    expect(answerBody(approval, { fields, approve: true })).toEqual({ answer: { approved: true } });
    expect(answerBody(approval, { fields, reject: true, reason: 'late' })).toEqual({
      answer: { approved: false, comment: 'late' },
    });
  });

  it.each([
    ['nothing', question(), { fields }],
    ['both', call, { fields, approve: true, reject: true }],
    ['a value for a call', call, { fields, value: 'yes' }],
    ['approval of what is none', question(), { fields, approve: true }],
    ['edit of what is no call', question(), { fields, edit: '{}' }],
    ['an edit that is no JSON', call, { fields, edit: '{' }],
  ])('refuses %s', (_, asked, words) => {
    expect(usage(() => answerBody(asked, words))).toMatchObject({ exitCode: 2 });
  });

  it('knows when nothing was said', () => {
    expect(saysSomething({ fields, reason: 'x' })).toBe(false);
    expect(saysSomething({ fields, value: '' })).toBe(true);
    expect(saysSomething({ fields: { a: '1' } })).toBe(true);
  });
});

describe('the question that is meant', () => {
  const two = [question(), question({ id: 'other' })];

  it('is the named one, or the only one', () => {
    expect(choose(two, 'run-1', 'other', 'x')).toEqual({ question: two[1], value: 'x' });
    expect(choose([question()], 'run-1', 'yes', undefined)).toEqual({ question: question(), value: 'yes' });
    expect(choose([question()], 'run-1', undefined, undefined).value).toBeUndefined();
  });

  it('is asked for when it is not clear', () => {
    expect(usage(() => choose(two, 'run-1', 'yes', undefined)).message).toMatch(/review, other/);
    expect(usage(() => choose(two, 'run-1', 'missing', 'yes')).message).toMatch(/"missing".*review, other/);
    expect(usage(() => choose([question()], 'run-1', 'missing', 'yes'))).toMatchObject({ exitCode: 2 });
    expect(usage(() => choose([], 'run-1', undefined, undefined))).toMatchObject({ exitCode: 1 });
  });
});

describe('questions for people', () => {
  it('stand in a table, a line each', () => {
    expect(questionTable([question({ expires_at: '2026-11-21T04:00:00Z' })]).split('\n')[1]).toBe(
      'run-1  review    ask   0/1      2026-11-21 04:00:00  Ship it?',
    );
    expect(questionTable([])).toBe('nobody is asked anything');
  });

  it('are shown whole, with their fields or the arguments of their call', () => {
    const text = questionText(question({ approvers: ['ann'], needed: 2 }));
    expect(text).toContain('Really?');
    expect(text).toContain('may answer: ann');
    expect(text).toContain('  name (string, required): of the release');
    expect(text).toContain('  level (low | high)');
    expect(questionText(call)).toMatch(/write_file \{\n {2}"path": "a"\n\}/);
  });
});

describe('continueBody', () => {
  it('leaves out what is not said', () => {
    const said = JSON.parse(JSON.stringify(continueBody({ turns: '20', message: 'go on' }))) as object;
    expect(said).toEqual({ by: expect.any(String), additional_turns: 20, message: 'go on' });
    const { additional_budget } = continueBody({ tokens: '5', cost: '0.5', duration: '1h' });
    expect(additional_budget).toEqual({ tokens: 5, cost_usd: 0.5, duration: '1h' });
  });

  it('refuses what is no number', () => {
    expect(usage(() => continueBody({ turns: 'many' }))).toMatchObject({ exitCode: 2 });
    expect(usage(() => continueBody({ cost: '-1' }))).toMatchObject({ exitCode: 2 });
  });
});
