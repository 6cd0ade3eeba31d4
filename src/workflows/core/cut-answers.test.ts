/** Answers that a limit of tokens has cut. */
import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../test/support/cases.ts';
import type { PlanStep } from '../../plan/plan.ts';
import type { TurnOutput } from '../../protocol/agent.ts';
import { answerTool, answerTurn, turnInputOf } from '../../testing/agents.ts';
import { call, consumed } from '../../testing/answers.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agent, planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';
import type { WorldOptions } from '../../testing/world.ts';

type Options = Parameters<typeof agent>[0];
const world = (options: Options = {}, more: Partial<PlanStep> = {}, run?: WorldOptions) =>
  new QuickWorld(planOf([step('work', [], { ...more, spec: agent(options) })]), run);
const LENGTH: Partial<TurnOutput> = { cut: 'length' };
const asksForRest = { type: 'user', source: 'cut', text: expect.stringContaining('exactly where it ends') };

test('the rest of an answer is asked for, and the whole is the result', () => {
  const sim = world();
  answerTurn(sim, 'work', 'The first half', LENGTH);
  expect(turnInputOf(sim, 'work')).toMatchObject({ step: { turn: 2 }, append: [asksForRest] });
  answerTurn(sim, 'work', 'The first half and the second');
  expect(sim.closed).toEqual({ type: 'complete', output: 'The first half and the second' });
  expect(sim.notes).toContainEqual(
    expect.objectContaining({ type: 'agent_cut', by: 'length', goesOn: true }),
  );
});

test('no more often than the step says; then it fails at once, and a continuation gets the rest', () => {
  for (const [continuations, tries] of [
    [undefined, 2],
    [0, 1],
    [3, 4],
  ] as const) {
    const options = continuations === undefined ? {} : { continuations };
    const sim = world(options, { retry: retries(3) });
    for (let i = 0; i < tries; i++) answerTurn(sim, 'work', 'half', { ...LENGTH, head: `cut-${i}` });
    expect(sim.state.steps['work']).toMatchObject({
      status: 'failed',
      error: { type: 'answer_cut', message: expect.stringContaining(`ses_1 up to entry cut-${tries - 1}`) },
    });
    const on = continued(sim);
    expect(turnInputOf(on, 'work')).toMatchObject({ step: { turn: tries + 1 }, append: [asksForRest] });
    answerTurn(on, 'work', 'half and half');
    expect(on.closed).toMatchObject({ output: 'half and half' });
  }
});

/** Goes on after its end, with more room. */
function continued(sim: QuickWorld, message: string | null = null): QuickWorld {
  const limits = { turns: null, tokens: 1_000, costMicros: null, durationMs: null };
  return sim.continueRun({ step: null, message, limits, by: 'ann' });
}

test('an answer that is whole in between gives all of them back', () => {
  const sim = world();
  for (let i = 0; i < 4; i++) {
    answerTurn(sim, 'work', 'half', LENGTH);
    answerTurn(sim, 'work', [call('nothing')]);
  }
  expect(sim.state.steps['work']?.status).toBe('running');
});

describe('where the limits cut it', () => {
  const limits = { ...NO_LIMITS, maxTurns: 30, maxTokens: 100 };

  test('the step ends at its limit, and can be continued for the rest', () => {
    const sim = world({ limits, continuations: 0 });
    answerTurn(sim, 'work', 'half', { cut: 'budget' });
    expect(sim.state.steps['work']).toMatchObject({ status: 'failed', error: { type: 'error_max_budget' } });
    expect(turnInputOf(continued(sim), 'work').append).toMatchObject([asksForRest]);
  });

  test('who says something with the continuation gets no rest, but an answer', () => {
    const sim = world({ limits });
    answerTurn(sim, 'work', 'half', { cut: 'budget' });
    expect(turnInputOf(continued(sim, 'Be brief'), 'work').append).toMatchObject([
      { source: 'notice', text: expect.stringContaining('the whole answer again') },
      { source: 'continue', text: 'Be brief' },
    ]);
  });

  test('before a single word had come, the limit is named too', () => {
    const sim = world({ limits });
    sim.fail('work', 'answer_cut', { usage: consumed(100) });
    expect(sim.state.steps['work']).toMatchObject({ status: 'failed', error: { type: 'error_max_budget' } });
  });
});

test('a call that was cut is never made, the model hears of it, and those beside it are made', () => {
  const sim = world();
  const torn = { ...call('write_file', { $invalid: '{"path": "a' }, 'c2'), cut: true } as const;
  answerTurn(sim, 'work', [call('read_file', {}, 'c1'), torn], LENGTH);
  expect([...sim.open.keys()]).toEqual(['work#1/1.0']);
  answerTool(sim, 'work', 0);
  expect(turnInputOf(sim, 'work').append).toMatchObject([
    {
      results: [
        { call: 'c1' },
        { call: 'c2', isError: true, output: { value: expect.stringContaining('not made') } },
      ],
    },
  ]);
  for (let i = 0; i < 3; i++) answerTurn(sim, 'work', [torn], LENGTH);
  expect(sim.state.steps['work']).toMatchObject({ status: 'failed', error: { type: 'answer_cut' } });
});

test('runs of version 1 take a cut answer for whole, as they did', () => {
  const sim = world({}, {}, { version: 1 });
  answerTurn(sim, 'work', 'half', LENGTH);
  expect(sim.closed).toEqual({ type: 'complete', output: 'half' });
});

test.runIf(isWhole)('hundreds of calls of tools that there are not come back in one input', () => {
  const tools = Array.from({ length: 100 }, (_, i) => `mcp__server__${'tool'.repeat(40)}_${i}`);
  const sim = world({ tools });
  answerTurn(
    sim,
    'work',
    Array.from({ length: 1_000 }, (_, i) => call('nothing', {}, `c${i}`)),
  );
  const { append } = turnInputOf(sim, 'work');
  expect(append).toMatchObject([{ results: { length: 1_000 } }]);
  expect(JSON.stringify(append).length).toBeLessThan(1024 * 1024);
});
