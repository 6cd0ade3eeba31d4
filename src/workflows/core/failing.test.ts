import { describe, expect, test } from 'vitest';
import { expression, planOf, retries, step, when } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const run1 = (options: Parameters<typeof step>[2]) => new QuickWorld(planOf([step('a', [], options)]));

describe('retries', () => {
  test('TASK errors are tried again as `retry` says, each in a group of its own', () => {
    const run = run1({ retry: retries(3, 100) });
    run.fail('a');
    expect(run.statuses()).toEqual({ a: 'retrying' });
    expect([...run.timers.values()]).toEqual([run.now + 100]);
    run.fireNext();
    expect(run.inputOf('a').idempotencyKey).toBe('run-1/0/a/2');
    run.fail('a');
    expect([...run.timers.values()]).toEqual([run.now + 200]);
    run.fireNext().fail('a');
    expect(run.closed).toMatchObject({
      type: 'fail',
      reason: 'failed',
      message: 'step "a" failed: a said no',
    });
    expect(run.state.steps['a']).toMatchObject({ attempt: 3, group: 3 });
  });

  test('INFRA errors have a budget of their own and keep the idempotency key', () => {
    const run = run1({ retry: retries(2) });
    for (let lost = 0; lost < 10; lost++) run.lose('a').fireNext();
    expect(run.inputOf('a')).toMatchObject({
      idempotencyKey: 'run-1/0/a/1',
      step: { attempt: 11, group: 1 },
    });
    run.fail('a').fireNext();
    expect(run.inputOf('a')).toMatchObject({
      idempotencyKey: 'run-1/0/a/2',
      step: { attempt: 12, group: 2 },
    });
  });

  test('the INFRA budget ends', () => {
    const run = run1({});
    for (let lost = 0; lost < 10; lost++) run.lose('a').fireNext();
    run.lose('a');
    expect(run.closed).toMatchObject({ type: 'fail', reason: 'failed' });
  });

  test('what cannot help is not tried again: by code, or because the activity says so', () => {
    expect(run1({ retry: retries(5) }).fail('a', 'not_allowed').closed).not.toBeNull();
    expect(run1({ retry: retries(5) }).fail('a', 'http_status', { retryable: false }).closed).not.toBeNull();
  });

  test('an unknown failure type counts as `unknown`', () => {
    expect(run1({}).fail('a', 'WeirdError').state.steps['a']?.error?.type).toBe('unknown');
  });

  test('Retry-After is waited for', () => {
    const run = run1({ retry: retries(2, 100) }).fail('a', 'model_rate_limited', { retryAfterMs: 9_000 });
    expect([...run.timers.values()]).toEqual([run.now + 9_000]);
  });

  test('`retry.if` decides by the error', () => {
    const retry = { ...retries(3), if: expression('error.type == "http_status"') };
    expect(run1({ retry }).fail('a', 'command_failed').closed).not.toBeNull();
    expect(run1({ retry }).fail('a', 'http_status').closed).toBeNull();
  });

  test('an answer that is none of ours is a failure', () => {
    const run = run1({}).task({ type: 'activity_completed', id: 'a#1', result: 'nonsense' });
    expect(run.state.steps['a']).toMatchObject({ status: 'failed', error: { type: 'unknown' } });
  });
});

describe('onError', () => {
  test('continue: the step failed, the run goes on', () => {
    const tolerant = step('a', [], { onError: { action: 'continue' } });
    const run = new QuickWorld(planOf([tolerant, step('b', ['a'])])).fail('a');
    expect(run.openKeys).toEqual(['b']);
    run.complete('b', 'fine');
    expect(run.closed).toEqual({ type: 'complete', output: 'fine' });
    expect(run.statuses()).toEqual({ a: 'failed', b: 'completed' });
  });

  test('fallback: its value takes the place of the result, the error stays on record', () => {
    const value = { node: { verdict: 'unknown' }, uses: [] };
    const run = new QuickWorld(
      planOf([step('a', [], { onError: { action: 'fallback', value } }), step('b', ['a'])]),
    );
    run.fail('a');
    expect(run.state.steps['a']).toMatchObject({
      status: 'completed',
      result: { value: { verdict: 'unknown' } },
      error: { type: 'command_failed' },
    });
    expect(run.openKeys).toEqual(['b']);
  });
});

describe('a failing run', () => {
  const steps = [
    step('a'),
    step('b'),
    step('after-b', ['b']),
    step('cleanup', ['a'], { when: when('status.always') }),
  ];

  test('fast: stops what runs, starts nothing new but what was asked for in spite of it', () => {
    const run = new QuickWorld(planOf(steps)).fail('a');
    expect([...run.cancelling]).toEqual(['b#1']);
    expect(run.openKeys).toEqual(['b', 'cleanup']);
    run.stop('b').complete('cleanup');
    expect(run.statuses()).toEqual({
      a: 'failed',
      b: 'cancelled',
      'after-b': 'skipped',
      cleanup: 'completed',
    });
    expect(run.closed).toMatchObject({ type: 'fail', message: 'step "a" failed: a said no' });
  });

  test('finish: independent branches go on', () => {
    const run = new QuickWorld(planOf(steps, { failure: 'finish' }))
      .fail('a')
      .complete('b')
      .complete('cleanup')
      .complete('after-b');
    expect(run.statuses()).toEqual({
      a: 'failed',
      b: 'completed',
      'after-b': 'completed',
      cleanup: 'completed',
    });
    expect(run.closed).toMatchObject({ type: 'fail' });
  });

  test('a step that loses its worker while it is being stopped is cancelled', () => {
    const run = new QuickWorld(planOf([step('a'), step('b')])).fail('a').lose('b');
    expect(run.statuses()).toEqual({ a: 'failed', b: 'cancelled' });
    expect(run.closed).toMatchObject({ type: 'fail' });
  });

  test('waiting and retrying steps end at once', () => {
    const wait = step('w', [], { spec: { kind: 'wait', duration: '1h' } });
    const run = new QuickWorld(planOf([step('a'), wait, step('r', [], { retry: retries(5) })]));
    run.fail('r').fail('a');
    expect(run.statuses()).toEqual({ a: 'failed', w: 'cancelled', r: 'cancelled' });
    expect(run.timers.size).toBe(0);
  });
});
