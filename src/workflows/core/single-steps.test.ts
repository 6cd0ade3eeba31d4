/** Commands on single steps: what each does, when it is refused, and that it survives pauses and continue-as-new. */
import { describe, expect, test } from 'vitest';
import { openTurn } from '../../testing/agents.ts';
import { World } from '../../testing/world.ts';
import type { QuickWorld } from '../../testing/world.ts';
import { agent, ask, planOf, retries, step, transform, when } from './testing/plans.ts';
import { chain, done, moves, no, quick, rowOf, tell } from './testing/single-steps.ts';

const notesOf = (sim: QuickWorld, wanted: string) => sim.notes.filter(({ type }) => type === wanted);

describe('skip', () => {
  test('ends a step that has not begun, and what depends on it is skipped as ever', () => {
    const sim = quick();
    expect(tell(sim, 'skip', { target: 'b', by: 'ann', reason: 'not today' })).toMatchObject(done);
    expect(sim.state.steps['b']).toMatchObject({
      status: 'skipped',
      reason: 'skipped by ann: not today',
      attempt: 0,
    });
    sim.complete('a');
    expect(sim.statuses()).toEqual({ a: 'completed', b: 'skipped', c: 'skipped' });
    expect(rowOf(sim, 'b')).toMatchObject({ status: 'skipped', reason: 'skipped by ann: not today' });
  });

  test('with a value the step completes with it', () => {
    const sim = quick(chain({}, { keep: [] }));
    tell(sim, 'skip', { target: 'b', value: { n: 1 } });
    sim.complete('a').complete('c');
    expect(sim.closed).toMatchObject({ output: 'c done' });
    expect(rowOf(sim, 'b')).toMatchObject({ status: 'completed', output: { n: 1 }, attempt: 0 });
    const [moved] = moves(sim, 'b');
    expect(moved?.data).toMatchObject({ given: true, reason: 'skipped' });
    expect(sim.tables().events.find(({ seq }) => seq === moved?.caused_by)).toMatchObject({
      data: { action: 'skip' },
    });
  });

  test('null is a value, and one above 32 KB is refused', () => {
    const sim = quick();
    const large = 'x'.repeat(40_000);
    expect(tell(sim, 'skip', { target: 'b', value: large })).toMatchObject(
      no('refused', 'the limit is 32768'),
    );
    expect(tell(sim, 'skip', { target: 'b', value: null })).toMatchObject(done);
    expect(sim.state.steps['b']).toMatchObject({ status: 'completed', result: { value: null } });
  });

  test('of a step that is at work, has ended, or is not there it is refused', () => {
    const sim = quick();
    expect(tell(sim, 'skip', { target: 'a' })).toMatchObject(
      no('step_started', 'pause the run with mode "now"'),
    );
    sim.complete('a');
    expect(tell(sim, 'skip', { target: 'a' })).toMatchObject(
      no('step_ended', '"a" has ended: it is completed'),
    );
    expect(tell(sim, 'skip', { target: 'z' })).toMatchObject(no('unknown_target', 'no step "z"'));
    expect(tell(sim, 'skip', {})).toMatchObject(no('malformed', '"target"'));
    sim.signal('cancel');
    expect(tell(sim, 'skip', { target: 'c' })).toMatchObject(no('run_closed', 'being cancelled'));
  });

  test('a question is withdrawn, a wait ends, and a retry is not waited for', () => {
    const sim = quick(
      planOf(
        [
          step('ask', [], { spec: ask({ timeoutMs: 60_000 }) }),
          step('nap', [], { spec: { kind: 'wait', duration: '1h' } }),
          step('try', [], { retry: retries(3, 1_000) }),
        ],
        { failure: 'finish' },
      ),
    );
    sim.fail('try');
    expect(sim.timers.size).toBe(3);
    for (const target of ['ask', 'nap', 'try']) expect(tell(sim, 'skip', { target })).toMatchObject(done);
    expect(sim.timers.size).toBe(0);
    expect(sim.closed).not.toBeNull();
    expect(Object.values(sim.tables().questions)).toMatchObject([{ status: 'withdrawn' }]);
    expect(
      Object.values(sim.tables().attempts)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([...['cancelled', 'cancelled', 'failed']]);
  });

  test('an agent that rests in a pause can be skipped, and one at work cannot', () => {
    const sim = quick(planOf([step('work', [], { spec: agent() })]));
    expect(tell(sim, 'skip', { target: 'work', value: 1 })).toMatchObject(no('step_started', 'at work'));
    sim.signal('pause', { mode: 'now' });
    expect(tell(sim, 'skip', { target: 'work', value: 1 })).toMatchObject(no('step_started', 'at work'));
    sim.stop(openTurn(sim, 'work'));
    expect(tell(sim, 'skip', { target: 'work', value: 1 })).toMatchObject(done);
    sim.signal('resume');
    expect(sim.closed).toMatchObject({ output: 1 });
  });

  test('stays when the closed run goes on', () => {
    const sim = quick(
      planOf([step('a'), step('b'), step('c', ['a'])], { failure: 'finish', maxParallel: 1 }),
    );
    tell(sim, 'skip', { target: 'b' });
    tell(sim, 'skip', { target: 'c', value: 'mine' });
    sim.fail('a');
    expect(sim.closed).not.toBeNull();
    const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
    sim.continueRun({ step: null, limits, message: null, by: 'eve' }).task();
    sim.complete('a');
    expect(sim.statuses()).toEqual({ a: 'completed', b: 'skipped', c: 'completed' });
    expect(sim.closed).toMatchObject({ output: { c: 'mine' } });
  });
});

describe('retry_now and stop_retrying', () => {
  const trying = () => quick(chain({ retry: retries(3, 60_000) }));

  test('the next try comes at once', () => {
    const sim = trying().fail('a');
    expect(tell(sim, 'retry_now', { target: 'a', by: 'ann' })).toMatchObject(done);
    expect(sim.openIds).toEqual(['a#2']);
    expect(sim.timers.size).toBe(0);
    expect(moves(sim, 'a').map(({ data }) => data['to'])).toEqual([
      ...['running', 'retrying', 'pending', 'running'],
    ]);
    expect(tell(sim, 'retry_now', { target: 'a' })).toMatchObject(no('step_not_retrying', 'it is running'));
  });

  test('in a pause it becomes ready, and its clock does not start again', () => {
    const sim = trying().fail('a');
    sim.signal('pause');
    tell(sim, 'retry_now', { target: 'a' });
    expect(sim.openIds).toEqual([]);
    expect(rowOf(sim, 'a')).toMatchObject({ status: 'pending' });
    sim.signal('resume');
    expect(sim.openIds).toEqual(['a#2']);
    expect(sim.timers.size).toBe(0);
  });

  test('a step between two tries fails with its last error, of which the row keeps all', () => {
    const sim = trying().fail('a', 'command_failed', { data: { exit_code: 3 } });
    expect(tell(sim, 'stop_retrying', { target: 'a' })).toMatchObject(done);
    expect(sim.state.steps['a']).toMatchObject({ status: 'failed', error: { message: 'a said no' } });
    expect(sim.closed).not.toBeNull();
    expect(rowOf(sim, 'a')).toMatchObject({ status: 'failed', error: { exit_code: 3 } });
    expect(Object.values(sim.tables().attempts)).toMatchObject([
      { status: 'failed', error: { exit_code: 3 } },
    ]);
  });

  test('on_error has its say', () => {
    const value = { node: 'instead', uses: [] };
    const sim = quick(chain({ retry: retries(3, 60_000), onError: { action: 'fallback', value } }));
    sim.fail('a');
    tell(sim, 'stop_retrying', { target: 'a' });
    expect(sim.state.steps['a']).toMatchObject({ status: 'completed', result: { value: 'instead' } });
  });

  test('the try under way is the last, and one that has not been is not stopped', () => {
    const sim = trying();
    expect(tell(sim, 'stop_retrying', { target: 'b' })).toMatchObject(
      no('step_not_retrying', 'not been tried'),
    );
    expect(tell(sim, 'stop_retrying', { target: 'a' })).toMatchObject(done);
    expect(tell(sim, 'stop_retrying', { target: 'a' })).toMatchObject(no('step_not_retrying', 'anyway'));
    sim.fail('a');
    expect(sim.statuses()).toMatchObject({ a: 'failed', b: 'skipped' });
  });
});

describe('hold and release', () => {
  const HELD = { by: 'ann', reason: 'wait for me', at: expect.any(Number) };

  test('a held step does not start; the run waits for it, and row and state say who holds it', () => {
    const sim = quick();
    expect(tell(sim, 'hold', { target: 'b', by: 'ann', reason: 'wait for me' })).toMatchObject(done);
    sim.complete('a');
    expect(sim.state.steps['b']).toMatchObject({ status: 'pending', held: HELD });
    expect(sim.closed).toBeNull();
    expect(rowOf(sim, 'b')?.held).toEqual({ ...HELD, at: expect.any(String) });
    expect(tell(sim, 'hold', { target: 'b' })).toMatchObject(no('refused', 'held already by ann'));
    expect(tell(sim, 'release', { target: 'b' })).toMatchObject(done);
    expect(sim.openIds).toEqual(['b#1']);
    expect(rowOf(sim, 'b')).toMatchObject({ held: null, status: 'running' });
    expect(tell(sim, 'release', { target: 'b' })).toMatchObject(no('refused', 'is not held'));
    expect(tell(sim, 'hold', { target: 'b' })).toMatchObject(no('step_started', 'it is running'));
    expect(sim.state.steps['b']).not.toHaveProperty('held');
  });

  test('between two tries, over a pause, and over continue-as-new', () => {
    let suggested = false;
    const plan = chain({ retry: retries(3, 1_000) });
    const sim = quick(plan, { continueSuggested: (events) => suggested && events > 10 });
    sim.fail('a');
    tell(sim, 'hold', { target: 'a', by: 'ann', reason: 'wait for me' });
    sim.signal('pause').signal('resume');
    suggested = true;
    sim.fireNext();
    expect(notesOf(sim, 'continued_as_new')).toHaveLength(1);
    suggested = false;
    expect(sim.state.steps['a']).toMatchObject({ status: 'pending', held: HELD });
    expect(sim.openIds).toEqual([]);
    expect(rowOf(sim, 'a')?.held).toMatchObject({ by: 'ann' });
    tell(sim, 'release', { target: 'a' });
    expect(sim.openIds).toEqual(['a#2']);
  });

  test('who holds it is known where only Temporal was told', () => {
    const sim = quick();
    tell(sim, 'hold', { target: 'b' });
    expect(sim.state.steps['b']?.held).toMatchObject({ by: null });
    expect(rowOf(sim, 'b')?.held).toMatchObject({ by: expect.any(String) });
    sim.complete('a');
    expect(rowOf(sim, 'b')?.held).toMatchObject({ by: expect.any(String) });
  });

  test('its condition is not looked at meanwhile, and a run that fails does not wait for it', () => {
    const uses = [{ root: 'steps', name: 'a', field: 'result', path: [] }] as const;
    const cond = when('steps.a.result == "yes"', uses);
    const sim = quick(planOf([step('a'), step('b', ['a'], { when: cond })]));
    tell(sim, 'hold', { target: 'b' });
    sim.complete('a', 'no');
    expect(tell(sim, 'override', { target: 'a', value: 'yes' })).toMatchObject(done);
    tell(sim, 'release', { target: 'b' });
    expect(sim.openIds).toEqual(['b#1']);

    const failing = quick(planOf([step('a'), step('b')], { maxParallel: 1 }));
    tell(failing, 'hold', { target: 'b' });
    failing.fail('a');
    expect(failing.closed).not.toBeNull();
    expect(rowOf(failing, 'b')).toMatchObject({ status: 'skipped', held: null });
  });
});

test('a command counts once, and a run of a former version knows none of them', () => {
  const sim = quick();
  const hold = { id: 'm1', target: 'b' };
  tell(sim, 'hold', hold);
  expect(tell(sim, 'hold', hold)).toBeUndefined();
  const skip = { id: 'm2', target: 'c', value: 1 };
  tell(sim, 'skip', skip);
  expect(tell(sim, 'skip', { ...skip, value: 2 })).toMatchObject(no('id_reused', '"m2"'));

  const former = quick(chain(), { version: 2 });
  for (const name of ['skip', 'set_limits']) {
    expect(tell(former, name, { target: 'b' })).toMatchObject({
      name: null,
      ...no('malformed', `unknown signal "${name}"`),
    });
  }
});

test('while the plan is loaded they are refused', () => {
  const world = new World(null);
  world.task();
  world.signal('skip', { target: 'a' }).task();
  expect(world.state.plan).toBeNull();
});

test('a step whose value the workflow reads', () => {
  const uses = [{ root: 'steps', name: 'a', field: 'result', path: [] }] as const;
  const plan = planOf([
    step('a'),
    step('b', ['a'], { spec: transform({ $expr: 'steps.a.result + 1' }), uses }),
  ]);
  const sim = quick(plan, {});
  sim.signal('pause', { mode: 'now' }).stop('a');
  tell(sim, 'skip', { target: 'a', value: 41 });
  sim.signal('resume');
  expect(sim.closed).toMatchObject({ output: 42 });
});
