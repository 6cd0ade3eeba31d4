import { describe, expect, it } from 'vitest';
import { answerBody, fieldValue, saysSomething } from '../input/answer-body.ts';
import type { Question } from '../../contract/question.ts';
import { continueBody } from '../commands/runs/continue.ts';
import { choose } from '../commands/people/questions.ts';
import { heldCall, questionOf } from '../testing/told.ts';
import { CliError } from '../exit.ts';
import { questionList, questionText } from './question-text.ts';
import { widthOf } from '../terminal/text-width.ts';

const question = (changes: Partial<Question> = {}): Question =>
  questionOf({
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
    ...changes,
  });

const call = question({ kind: 'approval', form: null, call: heldCall('write_file', { path: 'a' }) });
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
  const NOW = Date.parse('2026-11-21T03:05:00Z');

  it('say what is asked, since when, until when, by whom, and how it is answered', () => {
    expect(questionList([question({ expires_at: '2026-11-21T04:00:00Z' })], { now: NOW })).toBe(
      [
        'review  question of step review, run run-1',
        '  asked 5 min ago (03:00:00 UTC), expires in 55 min (04:00:00 UTC)',
        '  Ship it?',
        '  Really?',
        '  may answer: everybody',
        '    name (string, required): of the release',
        '    level (low | high)',
        '    count (integer)',
        '  answer: baton answer run-1 review -f name=…',
      ].join('\n'),
    );
    expect(questionList([], { now: NOW })).toBe('nobody is asked anything');
  });

  it('show a proposed edit of the plan, whole', () => {
    const prompt = 'May agent plan change the plan? It is large.\n+ step code (agent coder): waits for plan';
    const edits = [
      {
        op: 'INSERT',
        step: { key: 'code', agent: 'coder', prompt: 'Do it.\nAll.' },
        after: 'plan',
        before: ['sum'],
      },
      { op: 'DELETE', step: 'old', rewire: true },
    ];
    const edit = { revision: 0, reason: null, added: [], removed: ['old'], changed: [], rewired: [] };
    const call = heldCall('edit_plan', { edits });
    const asked = question({ kind: 'approval', form: null, prompt, call, edit });
    expect(questionList([asked], { now: NOW }).split('\n').slice(2)).toEqual([
      '  May agent plan change the plan? It is large.',
      '  + step code (agent coder): waits for plan',
      '  INSERT code after plan before sum',
      '    agent: coder',
      '    prompt:',
      '      Do it.',
      '      All.',
      '  DELETE old (rewire)',
      '  may answer: everybody',
      '  answer: baton answer run-1 review --approve (or --reject)',
    ]);
  });

  it('show each argument of a call whose yes is wanted', () => {
    const input = { command: ['rm', '-rf', 'build'], script: 'set -e\nmake\n' };
    const asked = question({
      kind: 'approval',
      form: null,
      prompt: 'run_command {"command"…',
      call: heldCall('run_command', input),
      approvers: ['ann', 'bob'],
      needed: 2,
      not_starter: true,
      answers: [{ by: 'ann', at: '2026-11-21T03:01:00Z', answer: null, decision: 'approve' }],
    });
    expect(questionList([asked], { now: NOW }).split('\n').slice(2)).toEqual([
      '  wants to call run_command:',
      '    command: ["rm","-rf","build"]',
      '    script:',
      '      set -e',
      '      make',
      '  may answer: ann, bob but whoever started the run; 1 of 2 answers (so far ann)',
      '  answer: baton answer run-1 review --approve (or --reject)',
    ]);
    expect(questionText(call, { now: NOW })).toMatch(/write_file:\n +path: a\n/);
  });

  it.each([80, 40])('fit %d columns', (width) => {
    const long = question({ prompt: `Soll ${'日本語 '.repeat(30)}`, id: 'x'.repeat(30) });
    const lines = questionList([long, call], { now: NOW, width }).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
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
