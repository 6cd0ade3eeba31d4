import { describe, expect, it } from 'vitest';
import type { AskSpec, StepSpec, WaitSpec } from '../../plan/plan.ts';
import { INLINE_PLAN_BYTES, INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { kindOf, kindsOf, mayAct } from './kernel/kind.ts';
import { TIMERS } from './kernel/timers.ts';
import { KINDS, STEP_KINDS } from './kinds/index.ts';
import { agent, ask, planOf, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const WAIT: WaitSpec = { kind: 'wait', duration: '1m' };
const ASK = ask({ prompt: 'Shall we?', form: { type: 'string' } });
const FORM = { type: 'object', properties: { approved: { type: 'boolean' } } } as const;

describe('kinds', () => {
  it('say which timers and questions are theirs, each for itself', () => {
    const all = Object.values(STEP_KINDS);
    for (const what of ['timers', 'questions'] as const) {
      const names = all.flatMap((kind) => Object.keys(kind[what] ?? {}));
      expect(new Set(names).size).toBe(names.length);
      expect(Object.keys(KINDS[what]).sort()).toEqual(names.sort());
    }
    expect(Object.keys(KINDS.timers).every((purpose) => purpose in TIMERS)).toBe(true);
  });

  it('say whether effects could happen twice, unless the author has said it', () => {
    const request = (method: string): StepSpec => {
      return { kind: 'http', method, url: 'https://x', headers: {}, query: {}, body: null };
    };
    const command: StepSpec = { kind: 'command', argv: ['x'], cwd: null, env: {}, stdin: null };
    const acts = (spec: StepSpec, idempotent?: boolean) =>
      mayAct(KINDS, step('a', [], { spec, ...(idempotent !== undefined && { idempotent }) }));
    const specs = [
      command,
      ...[request('GET'), request('PUT')],
      ...[agent({ tools: ['read_file'] }), agent({ tools: ['write_file'] })],
      WAIT,
    ];
    expect(specs.map((spec) => acts(spec))).toEqual([true, false, true, false, true, false]);
    expect(specs.some((spec) => acts(spec, true))).toBe(false);
    expect(specs.every((spec) => acts(spec, false))).toBe(true);
  });

  it('that nobody knows are no kinds', () => {
    const odd = step('a', [], { spec: { ...WAIT, kind: 'nap' as 'wait' } });
    expect(() => kindOf({ kinds: KINDS }, odd)).toThrow('there is no kind of step "nap"');
    expect(() => kindOf({ kinds: kindsOf({}) }, step('a'))).toThrow('there is no kind of step "command"');
  });
});

describe('while a large plan is loaded again', () => {
  const planWith = (question: AskSpec) =>
    planOf([step('nap', [], { spec: WAIT }), step('ask', [], { spec: question }), step('do')], {
      description: 'x'.repeat(INLINE_PLAN_BYTES),
    });

  /** It has continued as new, and waits for its plan. */
  function loading(question = ASK, version = INTERPRETER_VERSION): QuickWorld {
    let isLong = true;
    const continueSuggested = (events: number) => isLong && events > 6;
    const run = new QuickWorld(planWith(question), { continueSuggested, version }).complete('do');
    expect(run.chain).toHaveLength(2);
    expect(run.openKeys).toEqual(['plan']);
    isLong = false;
    return run;
  }

  function loaded(run: QuickWorld, question = ASK): QuickWorld {
    return run.reply('plan', { plan: planWith(question), interpreter: 2 });
  }

  it('a wait ends, and an answer has to wait for the plan', () => {
    const run = loading().fireNext().signal('answer', { answer: 'yes' });
    expect(run.statuses()).toMatchObject({ nap: 'completed', ask: 'waiting' });
    expect(run.notes.at(-1)).toMatchObject({
      status: 'ignored',
      reason: 'the run is loading its plan again; please answer in a moment',
    });
    expect(loaded(run).signal('answer', { answer: 'yes' }).closed).toMatchObject({
      type: 'complete',
      output: { ask: { answer: 'yes' }, do: 'do done' },
    });
  });

  it('a refusal is none of an approval before the plan says so', () => {
    const question: AskSpec = { ...ASK, approval: true, form: FORM, timeoutMs: 60_000 };
    const run = loading(question).signal('answer', { answer: { approved: false } });
    expect(run.statuses()).toMatchObject({ ask: 'waiting' });
    const refused = loaded(run, question).signal('answer', { answer: { approved: false } });
    expect(refused.state.steps['ask']).toMatchObject({ status: 'failed', error: { type: 'rejected' } });
  });

  it('the time of a question goes on, and what follows waits for the plan', () => {
    const question: AskSpec = { ...ASK, timeoutMs: 1, onTimeout: { action: 'answer', value: 'none' } };
    const run = loading(question).fireNext().fireNext();
    expect(run.statuses()).toMatchObject({ ask: 'waiting' });
    const expired = loaded(run, question).fireNext();
    expect(expired.state.steps['ask']).toMatchObject({
      status: 'completed',
      result: { value: { answer: 'none' } },
    });
  });

  it('version 1 takes it for a yes, as it always has', () => {
    const question: AskSpec = { ...ASK, approval: true, form: FORM };
    const run = loading(question, 1).signal('answer', { answer: { approved: false } });
    expect(run.statuses()).toMatchObject({ ask: 'completed' });
  });

  it('a pause stops the clocks, and lets them go on', () => {
    const run = loading().signal('pause');
    expect(run.timers.size).toBe(1);
    run.signal('resume');
    expect(loaded(run).fireNext().statuses()).toMatchObject({ nap: 'completed', ask: 'waiting' });
  });
});
