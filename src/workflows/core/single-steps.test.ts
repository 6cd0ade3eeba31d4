/** Commands on single steps: what each does, when it is refused, and that it survives pauses and continue-as-new. */
import { describe, expect, test } from 'vitest';
import type { PlanStep } from '../../plan/plan.ts';
import { answerTurn, openTurn, turnInputOf } from '../../testing/agents.ts';
import { call, consumed } from '../../testing/answers.ts';
import { QuickWorld, World } from '../../testing/world.ts';
import { NO_LIMITS, agent, ask, planOf, retries, step, transform, when } from './testing/plans.ts';

type Options = ConstructorParameters<typeof QuickWorld>[1];

const chain = (more: Partial<PlanStep> = {}, rest: Partial<PlanStep> = {}) =>
  planOf([step('a', [], more), step('b', ['a'], rest), step('c', ['b'])], { failure: 'finish' });
const quick = (plan = chain(), options: Options = {}) => new QuickWorld(plan, options);

/** Says it, and answers the receipt. */
function tell(sim: QuickWorld, name: string, payload: unknown) {
  const before = sim.notes.length;
  sim.signal(name, payload);
  return sim.notes.slice(before).find(({ type }) => type === 'command');
}

const done = { status: 'processed' };
const no = (code: string, reason: string) => ({
  status: 'ignored',
  code,
  reason: expect.stringContaining(reason),
});
const rowOf = (sim: QuickWorld, key: string) => sim.tables().steps[key];
const notesOf = (sim: QuickWorld, wanted: string) => sim.notes.filter(({ type }) => type === wanted);
const moves = (sim: QuickWorld, key: string) =>
  sim.tables().events.filter((one) => one.type === 'status_change' && one.step === key);

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
