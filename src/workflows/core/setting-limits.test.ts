/** Limits that somebody sets while the run is open. */
import { describe, expect, test } from 'vitest';
import { answerTurn, turnInputOf } from '../../testing/agents.ts';
import { call, consumed } from '../../testing/answers.ts';
import type { QuickWorld } from '../../testing/world.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agent, planOf, step } from './testing/plans.ts';
import { done, no, quick, rowOf, tell } from './testing/single-steps.ts';

describe('set_limits', () => {
  const LIMITED = agent({ limits: { ...NO_LIMITS, maxTurns: 2, onLimit: 'ask' } });
  const working = (spec = LIMITED, options = {}) => quick(planOf([step('work', [], { spec })], options));
  const turnOf = (sim: QuickWorld) => answerTurn(sim, 'work', [call('unknown')], { usage: consumed(100) });

  test('of an agent at work they are in force from the next check on, and shown', () => {
    const sim = working(agent());
    turnOf(sim);
    expect(tell(sim, 'set_limits', { target: 'work', max_turns: 2 })).toMatchObject(done);
    expect(rowOf(sim, 'work')?.segments).toMatchObject([{ segment: 1, max_turns: 2 }]);
    turnOf(sim);
    expect(sim.closed).toMatchObject({ reason: 'error_max_turns' });
  });

  test('less than is used, nothing at all, what is no limit, and a step without an agent are refused', () => {
    const sim = quick(planOf([step('work', [], { spec: agent() }), step('b')]));
    turnOf(sim);
    turnOf(sim);
    const set = (limits: object) => tell(sim, 'set_limits', { target: 'work', ...limits });
    expect(set({ max_turns: 1 })).toMatchObject(no('refused', '"work" has used 2 turns'));
    expect(set({ max_tokens: 150 })).toMatchObject(no('refused', 'has used 200 tokens'));
    expect(set({})).toMatchObject(no('malformed', 'is needed'));
    expect(set({ max_turns: 0 })).toMatchObject(no('malformed', '"max_turns"'));
    expect(set({ max_duration: 'soon' })).toMatchObject(no('malformed', '"max_duration"'));
    expect(set({ max_cost_usd: 1, max_turns: 2 })).toMatchObject(done);
    expect(tell(sim, 'set_limits', { target: 'b', max_turns: 9 })).toMatchObject(
      no('unknown_target', 'no agent'),
    );
    expect(tell(sim, 'set_limits', { max_tokens: 150 })).toMatchObject(
      no('refused', 'the run has used 200 tokens'),
    );
  });

  test('an agent that asks at a limit goes on when that is raised, its own or the run’s', () => {
    const own = working();
    turnOf(own);
    turnOf(own);
    expect(own.statuses()).toEqual({ work: 'waiting' });
    expect(tell(own, 'set_limits', { target: 'work', max_tokens: 10_000 })).toMatchObject(done);
    expect(own.statuses()).toEqual({ work: 'waiting' });
    tell(own, 'set_limits', { target: 'work', max_turns: 3 });
    expect(turnInputOf(own, 'work')).toMatchObject({ step: { turn: 3 } });
    expect(rowOf(own, 'work')).toMatchObject({
      status: 'running',
      segments: [{ max_turns: 3, max_tokens: 10_000, completed_at: null }],
    });
    expect(own.tables().run?.needs).toEqual([]);

    const limits = { ...NO_LIMITS, maxTokens: 150, onLimit: 'ask' } as const;
    const shared = working(agent(), { limits });
    turnOf(shared);
    turnOf(shared);
    expect(shared.statuses()).toEqual({ work: 'waiting' });
    tell(shared, 'set_limits', { max_tokens: 1_000 });
    expect(shared.statuses()).toEqual({ work: 'running' });
    expect(shared.tables().run?.limits).toMatchObject({ max_tokens: 1_000 });
  });

  test('an agent that has not begun begins with them', () => {
    const sim = quick(planOf([step('a'), step('work', ['a'], { spec: LIMITED })]));
    tell(sim, 'set_limits', { target: 'work', max_turns: 7, max_cost_usd: 1.5 });
    sim.complete('a');
    const { limits } = sim.state.steps['work']?.agent?.segment ?? {};
    expect(limits).toMatchObject({ maxTurns: 7, maxCostMicros: 1_500_000, onLimit: 'ask' });
  });
});
