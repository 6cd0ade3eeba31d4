/** What a checkpoint hands on, and what becomes of steps: the pure parts, without a history. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import { toolCall, turn } from '../../testing/answers.ts';
import { World } from '../../testing/world.ts';
import { departed, departureFaults, fatesOf, restoredCarry } from './index.ts';
import { agentStep, planOf, step } from './testing/plans.ts';

const PLAN = planOf([step('a'), step('b', ['a']), step('c', ['b']), step('d')], { failure: 'finish' });
const LIMITS = { turns: null, tokens: null, costMicros: null, durationMs: null };
const restoring = (from: string | null) => {
  const restored = { run: 'run-1', checkpoint: 1, from, at: 0 };
  return { step: null, limits: LIMITS, message: null, by: null, restored };
};
const working = () =>
  new World(PLAN).task().signal('comment', { id: 'm1', content: 'hello' }).complete('a').task();

describe('a carried state', () => {
  test('has the workspace as it is at the end of the run, and all commands that have counted', () => {
    const ended = { workspace: { status: 'ready', path: '/work' }, seen: ['one', 'two'] };
    expect(restoredCarry(working().state, ended)).toMatchObject(ended);
    expect(restoredCarry(working().state, {})).toMatchObject({ workspace: null, seen: [] });
  });

  test('of a fork has no workspace: it gets its own', () => {
    expect(restoredCarry(working().state, null)).toMatchObject({ workspace: null, phase: 'running' });
  });

  test('is nothing while there is no plan', () => {
    expect(restoredCarry(new World(null).task().state, null)).toBeNull();
  });
});

describe('the fates of steps', () => {
  const fates = (world: World, from: string | null) =>
    Object.fromEntries(fatesOf(PLAN, world.state, restoring(from)).of);

  test('what was under way or had not begun goes on, what had settled is kept', () => {
    expect(fates(working(), null)).toEqual({ a: 'kept', b: 'goes_on', c: 'anew', d: 'goes_on' });
  });

  test('a step that is named is done anew, with all that depends on it', () => {
    expect(fates(working(), 'a')).toEqual({ a: 'anew', b: 'anew', c: 'anew', d: 'goes_on' });
    expect(fates(working(), 'd')).toMatchObject({ a: 'kept', d: 'anew' });
  });

  test('what had failed goes on, and what was skipped for it begins anew', () => {
    const failed = working().fail('b').task();
    expect(failed.statuses()).toMatchObject({ b: 'failed', c: 'skipped', d: 'running' });
    expect(fates(failed, null)).toEqual({ a: 'kept', b: 'goes_on', c: 'anew', d: 'goes_on' });
  });
});

describe('another plan from a checkpoint', () => {
  const other = (steps: Parameters<typeof planOf>[0]) =>
    planOf(steps, { failure: 'finish', hash: 'sha256:other' });
  const faults = (world: World, plan: Plan, from: string | null = null) => {
    const before = world.state;
    return departureFaults(before, departed(before, { plan }), restoring(from)).map(({ code, step: key }) => [
      code,
      key,
    ]);
  };
  const changed = other([step('a'), step('b', ['a'], { title: 'Other' }), step('c', ['b']), step('d')]);

  test('may differ in what is not kept, and in what was sent out and has no answer', () => {
    expect(faults(working(), changed)).toEqual([]);
    expect(departed(working().state, { plan: changed })).toMatchObject({
      revision: 1,
      steps: { a: { status: 'completed' }, b: { status: 'pending', attempt: 0 }, d: { status: 'running' } },
    });
  });

  test('keeps what had settled as it was, unless that is done anew', () => {
    const done = working().complete('b').task();
    expect(faults(done, changed)).toEqual([['step_started', 'b']]);
    expect(faults(done, changed, 'b')).toEqual([]);
    expect(faults(done, changed, 'c')).toEqual([['step_started', 'b']]);
    // Freed of what is done anew it would be kept, and be another.
    const freed = other([step('a'), step('b'), step('c', ['b']), step('d')]);
    expect(faults(done, freed, 'a')).toEqual([['step_started', 'b']]);
  });

  test('may lose a step only if it had not settled', () => {
    const less = other([step('a'), step('b', ['a']), step('d')]);
    expect(faults(working(), less)).toEqual([]);
    expect(departed(working().state, { plan: less }).steps).not.toHaveProperty('c');
    const without = other([step('b'), step('c', ['b']), step('d')]);
    expect(faults(working(), without)).toContainEqual(['step_started', 'a']);
  });

  test('of an agent that has answered only by doing it anew', () => {
    const plan = (prompt: string) => planOf([agentStep('w', [], { prompt })], { hash: `sha256:${prompt}` });
    const asked = new World(plan('one')).task();
    expect(faults(asked, plan('two'))).toEqual([]);
    const answered = asked.reply('w', turn('h1', { calls: [toolCall('c1')] })).task();
    expect(faults(answered, plan('two'))).toEqual([['step_started', 'w']]);
    expect(faults(answered, plan('two'), 'w')).toEqual([]);
  });
});
