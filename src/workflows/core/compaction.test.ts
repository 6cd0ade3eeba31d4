/** Conversations that outgrow their model's window. */
import { describe, expect, test } from 'vitest';
import type { PlanStep } from '../../plan/plan.ts';
import { answerTool, answerTurn, openTurn, turnInputOf } from '../../testing/agents.ts';
import { call, consumed } from '../../testing/answers.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agent, planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

type Options = Parameters<typeof agent>[0];
const world = (
  options: Options = {},
  more: Partial<PlanStep> = {},
  run: ConstructorParameters<typeof QuickWorld>[1] = {},
) =>
  new QuickWorld(
    planOf([step('work', [], { ...more, spec: agent({ contextWindow: 1_000, ...options }) })]),
    run,
  );

/** A turn after which the conversation has so many tokens. */
function turnOf(sim: QuickWorld, tokens: number): void {
  answerTurn(sim, 'work', [call('read_file')], { usage: consumed(tokens) });
  answerTool(sim, 'work', 0);
}

function full(options: Options = {}, more: Partial<PlanStep> = {}): QuickWorld {
  const sim = world(options, more);
  turnOf(sim, 300);
  turnOf(sim, 900);
  return sim;
}

const summarised = { head: 'summary', preview: 'so far', compacted: { entries: 2 } };
const summarise = (sim: QuickWorld, more = {}) => answerTurn(sim, 'work', [], { ...summarised, ...more });
const notesOf = (sim: QuickWorld, type: string) => sim.notes.filter((note) => note.type === type);
const stepOf = (sim: QuickWorld) => sim.state.steps['work'];

test('near the window older turns are summarised before the next call, which goes on with all that is new', () => {
  const sim = full();
  expect(turnInputOf(sim, 'work')).toMatchObject({
    step: { turn: 3 },
    append: [],
    compact: { window: 1_000 },
    session: { head: expect.any(String) },
  });
  summarise(sim);
  const next = turnInputOf(sim, 'work');
  expect(next).toMatchObject({
    step: { turn: 4 },
    session: { head: 'summary' },
    append: [{ type: 'tool_results' }],
  });
  expect(next.compact).toBeUndefined();
  expect(notesOf(sim, 'agent_compacted')).toMatchObject([{ turn: 3, entries: 2, preview: 'so far' }]);
  answerTurn(sim, 'work', 'done', { usage: consumed(990) });
  expect(sim.closed).toMatchObject({ output: 'done' });
  expect(sim.state.spent).toMatchObject({ turns: 4, tokens: 300 + 900 + 100 + 990 });
});

test('what is new counts too, and the window that the activity knows', () => {
  const sim = new QuickWorld(planOf([step('work', [], { spec: agent() })]));
  const answer = (bytes: number) => {
    answerTurn(sim, 'work', [call('read_file')], { usage: consumed(300), window: 2_000 });
    const result = { ref: { $blob: 'b', bytes }, bytes, preview: '' };
    const [id = ''] = sim.open.keys();
    sim.task({ type: 'activity_completed', id, result: { result, isError: false, comment: '' } });
    return turnInputOf(sim, 'work').compact;
  };
  expect([answer(10), answer(10), answer(10)]).toEqual([undefined, undefined, undefined]);
  expect(answer(6_000)).toEqual({ window: 2_000 });
});

test('not before two answers, not twice in a row, and not when it is off or the window unknown', () => {
  const early = world();
  turnOf(early, 990);
  expect(turnInputOf(early, 'work').compact).toBeUndefined();
  const again = full();
  summarise(again);
  turnOf(again, 990);
  expect(turnInputOf(again, 'work').compact).toBeUndefined();
  turnOf(again, 990);
  expect(turnInputOf(again, 'work').compact).toBeDefined();
  expect(turnInputOf(full({ compact: 'off' }), 'work').compact).toBeUndefined();
  const unknown = new QuickWorld(planOf([step('work', [], { spec: agent() })]));
  turnOf(unknown, 1_000_000);
  turnOf(unknown, 1_000_000);
  expect(turnInputOf(unknown, 'work').compact).toBeUndefined();
});

test('runs of version 1 never do', () => {
  const sim = world({}, {}, { version: 1 });
  turnOf(sim, 900);
  turnOf(sim, 900);
  expect(turnInputOf(sim, 'work').compact).toBeUndefined();
  sim.task({ type: 'signal', name: 'compact', payload: { target: 'work' } });
  expect(notesOf(sim, 'command')).toMatchObject([{ name: null, code: 'malformed' }]);
});

test('one that fails changes nothing: the agent goes on without', () => {
  for (const type of ['model_error', 'compaction_failed', 'prompt_too_large'] as const) {
    const sim = full({ models: ['a/one', 'a/two'] });
    sim.fail('work', type);
    expect(turnInputOf(sim, 'work')).toMatchObject({
      step: { turn: 4, attempt: 1 },
      model: 'a/one',
      append: [{ type: 'tool_results' }],
    });
    expect(notesOf(sim, 'agent_compaction_failed')).toMatchObject([{ turn: 3, error: { type } }]);
    answerTurn(sim, 'work', 'done');
    expect(sim.closed).toMatchObject({ type: 'complete' });
  }
});

test('an answer that is no summary is none', () => {
  const sim = full();
  answerTurn(sim, 'work', 'something else');
  expect(stepOf(sim)).toMatchObject({ status: 'running' });
  expect(notesOf(sim, 'agent_compaction_failed')).toHaveLength(1);
});

test('a lost worker repeats it under the same key', () => {
  const sim = full();
  const before = turnInputOf(sim, 'work');
  sim.lose('work').fireNext();
  expect(openTurn(sim, 'work')).toBe('work#2/3');
  expect({ ...turnInputOf(sim, 'work'), step: before.step }).toEqual(before);
  summarise(sim);
  expect(turnInputOf(sim, 'work')).toMatchObject({ append: [{ type: 'tool_results' }] });
});

test('a pause stops it, and it is done again; nothing of it stays', () => {
  const sim = full();
  sim.task({ type: 'signal', name: 'pause', payload: { mode: 'now' } });
  sim.task({
    type: 'activity_cancelled',
    id: openTurn(sim, 'work'),
    details: { session: null, partial: null },
  });
  sim.task({ type: 'signal', name: 'resume', payload: {} });
  expect(turnInputOf(sim, 'work')).toMatchObject({ step: { turn: 4 }, append: [], compact: {} });
  summarise(sim);
  expect(turnInputOf(sim, 'work').append).toMatchObject([{ type: 'tool_results' }]);
});

test('limits hold for it', () => {
  const sim = full({ limits: { ...NO_LIMITS, maxTurns: 3 } });
  summarise(sim);
  expect(stepOf(sim)).toMatchObject({ status: 'failed', error: { type: 'error_max_turns' } });
});

describe('a prompt that the model does not take', () => {
  const tooLarge = (options: Options = {}) => {
    const sim = world({ contextWindow: 1_000_000, ...options }, { retry: retries(2) });
    turnOf(sim, 300);
    sim.fail('work', 'prompt_too_large');
    return sim;
  };

  test('has older turns summarised, and is given again', () => {
    const sim = tooLarge({ models: ['a/one', 'a/two'] });
    expect(turnInputOf(sim, 'work')).toMatchObject({
      step: { turn: 3, attempt: 1 },
      compact: {},
      model: 'a/one',
    });
    summarise(sim);
    expect(turnInputOf(sim, 'work')).toMatchObject({ step: { turn: 4 }, append: [{ type: 'tool_results' }] });
    answerTurn(sim, 'work', 'done');
    expect(sim.closed).toMatchObject({ type: 'complete' });
  });

  test('goes to the next model when that did not help, and else is the end', () => {
    const sim = tooLarge({ models: ['a/one', 'a/two'] });
    summarise(sim);
    sim.fail('work', 'prompt_too_large');
    expect(turnInputOf(sim, 'work')).toMatchObject({ model: 'a/two' });
    sim.fail('work', 'prompt_too_large');
    expect(stepOf(sim)).toMatchObject({ status: 'failed', error: { type: 'prompt_too_large' } });
  });

  test('is tried again when the summary fails for a while', () => {
    const sim = tooLarge();
    sim.fail('work', 'model_rate_limited').fireNext();
    expect(turnInputOf(sim, 'work')).toMatchObject({ step: { turn: 3, attempt: 2 }, compact: {} });
  });

  test('is the end when it is off or nothing is there to summarise; a continuation summarises first', () => {
    const first = world({}, { retry: retries(2) });
    first.fail('work', 'prompt_too_large');
    expect(stepOf(first)).toMatchObject({ status: 'failed', error: { type: 'prompt_too_large' } });

    const sim = tooLarge({ compact: 'off' });
    expect(stepOf(sim)).toMatchObject({ status: 'failed', error: { type: 'prompt_too_large' } });
    const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
    sim.continueRun({ step: null, message: 'Try again', limits, by: 'ann' });
    expect(turnInputOf(sim, 'work')).toMatchObject({ append: [], compact: {} });
    summarise(sim);
    expect(turnInputOf(sim, 'work').append).toMatchObject([{ type: 'tool_results' }, { text: 'Try again' }]);
  });
});

describe('a person', () => {
  const ask = (sim: QuickWorld, payload: object) =>
    sim.task({ type: 'signal', name: 'compact', payload }).notes.findLast(({ type }) => type === 'command');

  test('has it done before the next call, also where it is off; once', () => {
    const sim = world({ compact: 'off' });
    turnOf(sim, 100);
    expect(ask(sim, { target: 'work' })).toMatchObject({ status: 'processed' });
    expect(ask(sim, { target: 'work' })).toMatchObject({ status: 'ignored', code: 'refused' });
    turnOf(sim, 100);
    expect(turnInputOf(sim, 'work').compact).toBeDefined();
    summarise(sim);
    turnOf(sim, 100);
    expect(turnInputOf(sim, 'work').compact).toBeUndefined();
  });

  test('hears why not', () => {
    const sim = new QuickWorld(planOf([step('work', [], { spec: agent() }), step('other')]));
    expect(ask(sim, {})).toMatchObject({ code: 'malformed' });
    expect(ask(sim, { target: 'nobody' })).toMatchObject({ code: 'unknown_target' });
    expect(ask(sim, { target: 'other' })).toMatchObject({ code: 'unknown_target' });
    expect(ask(sim, { target: 'work' })).toMatchObject({
      code: 'refused',
      reason: expect.stringContaining('not answered'),
    });
    answerTurn(sim, 'work', 'done');
    expect(ask(sim, { target: 'work' })).toMatchObject({ code: 'target_gone' });
  });

  test('is heard after the summary', () => {
    const sim = full();
    sim.task({ type: 'signal', name: 'instruction', payload: { content: 'Be quick', id: 'm1' } });
    summarise(sim);
    expect(turnInputOf(sim, 'work').append).toMatchObject([{ type: 'tool_results' }, { text: 'Be quick' }]);
  });
});
