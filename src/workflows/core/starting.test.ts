import { describe, expect, test } from 'vitest';
import { begin } from './index.ts';
import { planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const greeting = planOf([step('a'), step('b', ['a'])], {
  inputs: {
    name: { type: 'string', required: true, description: null },
    tone: { type: 'string', required: false, default: 'kind', description: null },
  },
});

describe('an operator’s start', () => {
  test('loads the newest plan, then checks the inputs and fills in defaults', () => {
    const run = new QuickWorld(null, { inputs: { name: 'Ann' } });
    expect(run.openKeys).toEqual(['plan']);
    run.task({ type: 'activity_completed', id: 'plan', result: { plan: greeting, interpreter: 1 } });
    expect(run.state.inputs).toEqual({ name: 'Ann', tone: 'kind' });
    expect(run.openKeys).toEqual(['a']);
  });

  test('an unknown definition fails the run with the reason', () => {
    const run = new QuickWorld(null).fail('plan', 'definition_not_found');
    expect(run.closed).toEqual({ type: 'fail', reason: 'definition_not_found', message: 'plan said no' });
  });

  test('a lost loader is asked again', () => {
    expect(new QuickWorld(null).lose('plan').fireNext().openKeys).toEqual(['plan']);
  });

  test('commands that come while the plan is loading count', () => {
    const run = new QuickWorld(null, { inputs: { name: 'Ann' } }).signal('pause');
    run.task({ type: 'activity_completed', id: 'plan', result: { plan: greeting, interpreter: 1 } });
    expect(run.openKeys).toEqual([]);
    expect(run.signal('resume').openKeys).toEqual(['a']);
  });
});

test.each([
  [undefined, 'name'],
  [{}, 'name'],
  [{ name: 7 }, 'name'],
  [{ name: 'Ann', colour: 'red' }, 'colour'],
  ['Ann', 'object'],
])('inputs %j are refused by name', (inputs, mentioned) => {
  const run = new QuickWorld(greeting, { inputs: inputs as never });
  expect(run.closed).toMatchObject({
    type: 'fail',
    reason: 'inputs_invalid',
    message: expect.stringContaining(mentioned),
  });
});

test('an interpreter version of the future is left to a newer worker', () => {
  const envelope = { interpreter: 999, plan: greeting, epoch: 0, labels: {}, startedBy: null };
  const start = { runId: 'r', workflow: 'w', firstExecutionId: 'f', inputs: {}, envelope };
  expect(() => begin(start, { now: 0, historyLength: 3, continueSuggested: false })).toThrow(
    'interpreter version 999',
  );
});

describe('continue as new', () => {
  const every = (events: number) => (count: number) => count > events;

  test('a long chain ends as one run in several executions', () => {
    const steps = Array.from({ length: 60 }, (_, i) => step(`s${i}`, i === 0 ? [] : [`s${i - 1}`]));
    const run = new QuickWorld(planOf(steps), { continueSuggested: every(60) });
    for (let i = 0; i < 60; i++) run.complete(`s${i}`, i);
    expect(run.closed).toEqual({ type: 'complete', output: 59 });
    expect(run.chain.length).toBeGreaterThan(3);
    expect(run.scheduled.map((action) => action.id)).toEqual(steps.map(({ key }) => `${key}#1`));
  });

  test('a wide plan holds back new steps until the open ones are done', () => {
    const steps = Array.from({ length: 30 }, (_, i) => step(`s${i}`));
    const run = new QuickWorld(planOf(steps, { maxParallel: 5 }), { continueSuggested: every(40) });
    while (run.closed === null) run.complete(run.openKeys[0] ?? '');
    expect(run.chain.length).toBeGreaterThan(2);
    expect(new Set(run.scheduled.map((action) => action.id)).size).toBe(30);
  });

  test('a drain that lasts too long is given up for a while', () => {
    const steps = Array.from({ length: 30 }, (_, i) => step(`s${i}`));
    const run = new QuickWorld(planOf(steps, { maxParallel: 2 }), { continueSuggested: every(10) });
    run.complete('s1').complete('s2').complete('s3');
    expect(run.openKeys).toEqual(['s0']);
    run.fireNext();
    expect(run.openKeys).toHaveLength(2);
    expect(run.chain.length).toBe(1);
  });

  test('pauses, retries and waits are carried over with their time', () => {
    const wait = step('w', [], { spec: { kind: 'wait', duration: '1h' } });
    const steps = [wait, step('r', [], { retry: retries(2, 60_000) }), step('z')];
    const run = new QuickWorld(planOf([...steps, step('late', ['z'])]), { continueSuggested: every(12) });
    run.fail('r').signal('pause', { timeout_ms: 0, reason: 'look' }).complete('z', 'x'.repeat(10));
    expect(run.chain.length).toBe(2);
    expect(run.state.paused?.reason).toBe('look');
    expect(run.timers.size).toBe(0);
    run.now += 1_000_000;
    expect(run.signal('resume').openKeys).toEqual(['late']);
    expect([...run.timers.values()].sort()).toEqual([2_060_000, 5_600_000]);
    expect(run.fireNext().openKeys).toEqual(['late', 'r']);
  });
});
