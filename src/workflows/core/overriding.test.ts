/** Results of ended steps that somebody replaces, and failures that are lifted by that. */
import { describe, expect, test } from 'vitest';
import { planOf, step, when } from './testing/plans.ts';
import { done, moves, no, quick, rowOf, tell } from './testing/single-steps.ts';

describe('override', () => {
  const uses = [{ root: 'steps', name: 'a', field: 'result', path: [] }] as const;
  const reading = () =>
    planOf([step('a'), step('b', ['a'], { uses }), step('c')], { failure: 'finish', maxParallel: 2 });

  test('the result of an ended step is another, and the old one stays on record', () => {
    const sim = quick(reading());
    tell(sim, 'hold', { target: 'b' });
    expect(tell(sim, 'override', { target: 'a', value: 1 })).toMatchObject(
      no('step_not_ended', 'it is running'),
    );
    sim.complete('a', 'old');
    expect(tell(sim, 'override', { target: 'a' })).toMatchObject(no('malformed', '"value"'));
    expect(tell(sim, 'override', { target: 'a', value: 'new', by: 'ann', reason: 'better' })).toMatchObject(
      done,
    );
    expect(rowOf(sim, 'a')).toMatchObject({ status: 'completed', output: 'new' });
    expect(moves(sim, 'a').at(-1)?.data).toMatchObject({
      overridden: true,
      by: 'ann',
      was: { status: 'completed', output: 'old' },
    });
    tell(sim, 'release', { target: 'b' });
    expect(sim.inputOf('b').values.steps).toMatchObject({ a: { result: { value: 'new' } } });
    expect(tell(sim, 'override', { target: 'a', value: 'newer' })).toMatchObject(
      no('step_read', 'read by b'),
    );
  });

  test('of a failed step it lifts the failure, or leaves that of another; what was skipped stays so', () => {
    const sim = quick(reading());
    sim.fail('a');
    expect(sim.state.failure).toMatchObject({ step: 'a' });
    expect(tell(sim, 'override', { target: 'a', value: 'mended' })).toMatchObject(done);
    expect(sim.state.failure).toBeNull();
    expect(sim.statuses()).toMatchObject({ a: 'completed', b: 'skipped', c: 'running' });
    expect(moves(sim, 'a').at(-1)?.data['was']).toMatchObject({
      status: 'failed',
      error: { message: 'a said no' },
    });
    sim.complete('c');
    expect(sim.closed).toMatchObject({ output: { c: 'c done' } });

    const both = quick(planOf([step('a'), step('b'), step('c')], { failure: 'finish' }));
    both.fail('a').fail('b');
    tell(both, 'override', { target: 'a', value: 1 });
    expect(both.state.failure).toMatchObject({ step: 'b', error: { message: 'b said no' } });
  });

  test('a step that was cancelled has no result to be replaced', () => {
    const sim = quick(
      planOf([step('a'), step('b', ['a']), step('last', [], { when: when('status.always') })]),
    );
    sim.fail('a');
    expect(sim.statuses()).toMatchObject({ b: 'skipped', last: 'running' });
    expect(tell(sim, 'override', { target: 'b', value: 1 })).toMatchObject(done);
    const stopped = quick(planOf([step('a'), step('b'), step('last', [], { when: when('status.always') })]));
    stopped.fail('a').stop('b');
    expect(tell(stopped, 'override', { target: 'b', value: 1 })).toMatchObject(
      no('step_ended', 'was cancelled'),
    );
  });
});
