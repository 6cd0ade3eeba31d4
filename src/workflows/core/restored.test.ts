/** What a checkpoint hands on, and what becomes of steps: the pure parts, without a history. */
import { describe, expect, test } from 'vitest';
import { World } from '../../testing/world.ts';
import { fatesOf, restoredCarry } from './index.ts';
import { planOf, step } from './testing/plans.ts';

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
