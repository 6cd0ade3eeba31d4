/** Runs that are set back to a checkpoint, and runs that are forked from one: what is done again, and what the rows tell. */
import { describe, expect, test } from 'vitest';
import { toolCall, turn } from '../../testing/answers.ts';
import { said, tablesOf } from '../../testing/histories.ts';
import { foldInPages } from '../../testing/tables.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { World } from '../../testing/world.ts';
import { agentStep, ask, planOf, step, when } from '../../workflows/core/testing/plans.ts';

const PLAN = planOf([step('a'), step('b', ['a']), step('c', ['b']), step('d', ['a'])]);
/** Checkpoints: 1 = a, 2 = d, 3 = b, 4 = c failed, 5 = the end. */
const failed = () =>
  new World(PLAN).task().complete('a').task().complete('d').task().complete('b').task().fail('c').task();
const keys = (world: World) => world.openKeys.join(' ');

const given = (ends: Record<string, string | null>) =>
  new Map(
    Object.entries(ends).map(([key, value]) => [
      key,
      value === null
        ? { skipped: 'as in run-9' }
        : { result: { value, bytes: value.length + 2, preview: value } },
    ]),
  );

describe('a run that goes on from a checkpoint otherwise', () => {
  test('a result that is given stands as if it had been so, and what depends on it is done anew', () => {
    const world = failed()
      .pass(60_000)
      .depart(4, { given: given({ a: 'better' }) })
      .task();
    expect(keys(world)).toBe('b d');
    world.complete('b').complete('d').task().complete('c').task();
    const { run, steps, events, messages } = tablesOf(world);
    expect(run).toMatchObject({ status: 'completed', epoch: 1 });
    expect(steps['a']).toMatchObject({ status: 'completed', output: 'better', output_preview: 'better' });
    expect(events.find(({ step: key, data }) => key === 'a' && data['overridden'] === true)).toMatchObject({
      data: { by: 'eve', output: { value: 'better' }, was: { status: 'completed', output: 'a done' } },
    });
    expect(messages).toContainEqual(
      expect.objectContaining({ metadata: expect.objectContaining({ given: ['a'] }) }),
    );
  });

  test('all ends given, the run ends at once with the outputs of these', () => {
    const world = failed().depart(1, { given: given({ b: 'B', c: 'C', d: null }) });
    const { run, steps } = tablesOf(world.task());
    expect(run).toMatchObject({ status: 'completed', output: { c: 'C' } });
    expect(steps['d']).toMatchObject({ status: 'skipped', reason: 'as in run-9' });
  });

  test('another plan: what is ahead is that of the new one, and the edit is on record', () => {
    const plan = planOf(
      [step('a'), step('d', ['a']), step('b', ['a'], { title: 'Other' }), step('e', ['b'])],
      { hash: 'sha256:other' },
    );
    const world = failed().depart(1, { plan }).task();
    expect(keys(world)).toBe('b d');
    world.complete('b').complete('d').task().complete('e').task();
    const { run, steps, events } = tablesOf(world);
    expect(run).toMatchObject({ status: 'completed', revision: 1, plan_hash: 'sha256:other' });
    expect(steps).toMatchObject({ b: { title: 'Other' }, c: { status: 'superseded' } });
    expect(events.findLast(({ type }) => type === 'plan')).toMatchObject({
      data: { revision: 1, by: 'eve', added: ['e'], removed: ['c'] },
    });
    world.restore(1).task();
    expect(tablesOf(world).run).toMatchObject({ revision: 0, plan_hash: PLAN.hash });
  });

  test('a fork shows of what it takes over what its parent showed, and its own given results', () => {
    const world = failed();
    const args = world.forkArgs(3, { given: given({ d: 'D' }) });
    const fork = new World(null, { args }).task();
    const { run, steps, events } = tablesOf(fork);
    expect(run).toMatchObject({ lineage: { forked_from: { run: 'run-1', checkpoint: 3 } } });
    expect(steps).toMatchObject({
      a: { status: 'completed', output_preview: 'a done' },
      d: { status: 'completed', output: 'D' },
      c: { status: 'running' },
    });
    expect(events.filter(({ step: key }) => key === 'd')).toHaveLength(1);
  });

  test('a result for a step that the plan does not have is refused', () => {
    const ends = failed().forkArgs(1);
    const [inputs, envelope] = JSON.parse(JSON.stringify(ends)) as [unknown, Envelope];
    const restored = { ...envelope.continue?.restored, given: ['nobody'] };
    const args = [inputs, { ...envelope, continue: { ...envelope.continue, restored } }];
    expect(tablesOf(new World(null, { args }).task()).run).toMatchObject({ status: 'failed' });
  });
});

describe('a run that is set back', () => {
  test('keeps what had settled, and does the rest again under keys of its own', () => {
    const world = failed().pass(60_000).restore(2).task();
    expect(keys(world)).toBe('b');
    expect(world.inputOf('b').idempotencyKey).toBe('run-1/1/b/1');
    const between = tablesOf(world);
    expect(between.run).toMatchObject({ status: 'running', epoch: 1, error: null, terminal_reason: null });
    expect(between.steps['b']).toMatchObject({ status: 'running', completed_at: null, output: null });
    expect(between.steps['c']).toMatchObject({ status: 'pending', error: null });
    world.complete('b').task().complete('c').task();
    const { run, checkpoints, events, messages } = tablesOf(world);
    expect(run).toMatchObject({ status: 'completed', epoch: 1 });
    expect(checkpoints.map(({ number, epoch, parent }) => [number, epoch, parent])).toEqual([
      [1, 0, null],
      [2, 0, 1],
      [3, 0, 2],
      [4, 0, 3],
      [5, 0, 4],
      [6, 1, 2],
      [7, 1, 6],
      [8, 1, 7],
    ]);
    expect(checkpoints[5]).toMatchObject({ settled: ['b'], steps_settled: 3 });
    expect(events.find(({ data }) => data['restored'] === true)).toMatchObject({
      data: { from: 'failed', to: 'running', by: 'eve', reason: 'once more' },
    });
    expect(messages).toContainEqual(
      expect.objectContaining({
        action_type: 'restore',
        content: 'once more',
        metadata: expect.objectContaining({ checkpoint: 2 }),
      }),
    );
    expect(events.filter(({ step: key, data }) => key === 'a' && data['to'] === 'completed')).toHaveLength(1);
  });

  test('what was under way at that moment begins again, with a new key', () => {
    const world = failed().restore(1).task();
    expect(keys(world)).toBe('b d');
    expect(world.inputOf('d').idempotencyKey).toBe('run-1/1/d/1');
    tablesOf(world);
  });

  test('with a step named, that step and all that depends on it are done anew', () => {
    const world = failed().restore(3).task();
    world.complete('c').task();
    expect(tablesOf(world).run).toMatchObject({ status: 'completed' });
    world.restore(7, 'b').task();
    expect(keys(world)).toBe('b');
    world.complete('b', 'other').task().complete('c').task();
    const { run, steps } = tablesOf(world);
    expect(run).toMatchObject({ status: 'completed', epoch: 2 });
    expect(steps['b']).toMatchObject({ output: 'other' });
  });

  test('a step that had settled otherwise later shows the end that it had there', () => {
    const world = failed().restore(2).task().complete('b', 'later').task().complete('c').task();
    const then = tablesOf(failed()).steps['b'];
    world.pass(60_000).restore(3).task();
    expect(tablesOf(world).steps['b']).toEqual(then);
    expect(keys(world)).toBe('c');
  });

  test('what was skipped stays so, and is not told again', () => {
    const never = step('n', [], { when: when('false') });
    const world = new World(planOf([step('a'), never, step('b', ['a'])])).task().complete('a').task();
    world.terminate('enough').restore(2).task();
    const { events, checkpoints } = tablesOf(world.complete('b').task());
    expect(events.filter(({ step: key, data }) => key === 'n' && data['to'] === 'skipped')).toHaveLength(1);
    expect(checkpoints.at(-1)).toMatchObject({ reason: 'close', steps_settled: 3 });
  });

  test('at its end it goes on with what had failed; what was skipped is looked at again', () => {
    const world = failed().restore(5).task();
    expect(keys(world)).toBe('c');
    world.complete('c').task();
    expect(tablesOf(world).run).toMatchObject({ status: 'completed' });
  });

  test('a plan that does not travel along is loaded first', () => {
    const world = failed();
    const { name, version, hash } = PLAN;
    world.restore(2, null, { plan: { name, version, hash } }).task();
    expect(world.openIds).toEqual(['plan']);
    world.reply('plan', { plan: PLAN, interpreter: world.state.interpreter }).task();
    expect(keys(world)).toBe('b');
    expect(tablesOf(world).steps['c']).toMatchObject({ status: 'pending' });
  });

  test('a checkpoint that the history does not have marks the run, and the fold goes on', () => {
    const base = { executionId: 'execution-1', eventId: 4 };
    const { chain } = failed().restore(2, null, { base }).task();
    const { run } = foldInPages('run-1', chain, 3);
    expect(run?.diverged).toMatchObject({ found: 'goes on from event 4 of execution-1' });
    expect(run?.status).toBe('running');
  });

  test('a step that the plan does not have is refused', () => {
    const world = failed().restore(2, 'nobody').task();
    expect(tablesOf(world).run).toMatchObject({
      status: 'failed',
      error_message: 'there is no step "nobody" to continue',
    });
  });
});

describe('an execution that ends before its first task', () => {
  const wanted = {
    ...{ step: null, message: null, by: 'eve' },
    limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
  };

  test('ends where the former one had continued as new, and can be gone back to', () => {
    const world = new World(PLAN, { continueSuggested: (events) => events > 8 }).task();
    world.complete('a').task();
    expect(world.events).toHaveLength(1);
    const { checkpoints } = tablesOf(world.terminate('enough'));
    expect(checkpoints.at(-1)).toMatchObject({ reason: 'close', steps_settled: 1 });
    expect(keys(world.pass(60_000).restore(checkpoints.length).task())).toBe('b d');
    tablesOf(world);
  });

  test('ends at the checkpoint that it was to go on from, and is continued from there', () => {
    const world = failed().restore(1).terminate('enough');
    expect(tablesOf(world).checkpoints.at(-1)).toMatchObject({ parent: 1, steps_settled: 1 });
    expect(keys(world.continueRun(wanted).task())).toBe('b d');
    tablesOf(world);
  });

  test('leaves nothing to go on from where it was reset to its beginning', () => {
    const world = failed().reset(0).terminate('enough');
    expect(tablesOf(world).checkpoints).toHaveLength(5);
    expect(world.checkpoint).toBeNull();
  });
});

test('an open run that is replaced does not end, and where it stood is a checkpoint', () => {
  const policy = ['TerminateIfRunning WorkflowIdReusePolicy', 'history-service'] as const;
  const world = new World(PLAN).task().complete('a').task();
  const at = tablesOf(world).checkpoints.length;
  world.signal('pause', { mode: 'now' }).task();
  const { run, events, messages, checkpoints, steps } = tablesOf(world.terminate(...policy));
  expect(run).toMatchObject({ status: 'paused', terminal_reason: null, completed_at: null });
  expect(events.filter(({ type }) => type === 'complete')).toEqual([]);
  expect(steps['b']).toMatchObject({ reason: 'another execution of the run has taken its place' });
  expect(messages.filter(({ action_type: action }) => action === 'terminate')).toEqual([]);
  expect(checkpoints).toHaveLength(at + 1);
  const { run: after, messages: thread } = tablesOf(
    world.restore(1).task().complete('d').complete('b').task().complete('c').task(),
  );
  expect(after).toMatchObject({ status: 'completed', epoch: 1, is_paused: false });
  expect(thread.filter(({ action_type: action }) => action === 'restore')).toHaveLength(1);
  const others = [policy[0], 'ops@desk'] as const;
  const told = tablesOf(new World(PLAN).task().terminate(...others));
  expect(told.messages).toMatchObject([{ action_type: 'terminate', author: 'ops@desk' }, {}]);
});

describe('an agent', () => {
  const AGENTS = planOf([agentStep('a'), step('b', ['a']), agentStep('z')]);
  const working = () =>
    new World(AGENTS)
      .task()
      .reply('a#1/1', turn('h1'))
      .task()
      .signal('instruction', { id: 'm1', content: 'be brief', target: 'z' })
      .task();

  test('that was under way goes on in its session, in the same segment, and its calls keep no key', () => {
    const world = new World(planOf([agentStep('z'), step('a'), step('b', ['a'])])).task();
    world.reply('z#1/1', turn('h1', { calls: [toolCall('c1')] })).task();
    world.complete('a').task().terminate('enough');
    world.restore(1).task();
    expect(world.inputOf('z')).toMatchObject({
      session: { head: 'h1' },
      idempotencyKey: 'run-1/1/z/2',
    });
    const tables = tablesOf(world.reply('z', turn('h2')).task().complete('b').task());
    expect(tables.run).toMatchObject({ status: 'completed', turns: 2 });
    expect(tables.steps['z']?.segments).toHaveLength(1);
  });

  test('that is named begins from its beginning, in a session of its own', () => {
    const world = new World(planOf([agentStep('z'), step('a'), step('b', ['a'])])).task();
    world.reply('z#1/1', turn('h1', { calls: [toolCall('c1')] })).task();
    world.complete('a').task().terminate('enough').restore(1, 'z').task();
    expect(world.inputOf('z')).toMatchObject({ session: null, idempotencyKey: 'run-1/1/z/1' });
    tablesOf(world);
  });

  test('hears again what was said before the checkpoint and nobody had answered', () => {
    const world = working().complete('b').task().terminate('enough').restore(2).task();
    expect(world.state.inbox).toMatchObject([{ id: 'm1' }]);
    world.reply('z', turn('g1')).task();
    if (world.openKeys.includes('z')) world.reply('z', turn('g2')).task();
    const tables = tablesOf(world);
    expect(tables.run).toMatchObject({ status: 'completed' });
    expect(said(tables, 'm1').at(-1)).toMatchObject({ action_status: 'processed' });
  });
});

test('a question that was open is asked again', () => {
  const world = new World(planOf([step('a'), step('q', [], { spec: ask() }), step('b', ['a'])])).task();
  world.complete('a').task().terminate('enough').restore(1).task();
  const [question] = Object.values(world.state.questions);
  world.signal('answer', { question: question?.id, answer: true }).task().complete('b').task();
  const { run, questions } = tablesOf(world);
  expect(run).toMatchObject({ status: 'completed' });
  expect(Object.values(questions).map(({ status }) => status)).toEqual(['withdrawn', 'answered']);
});

describe('a run that is forked', () => {
  test('begins with the state, and with nothing of its parent’s effects', () => {
    const parent = failed();
    const before = tablesOf(parent);
    const fork = new World(PLAN, { runId: 'fork-1', args: parent.forkArgs(2) }).task();
    expect(keys(fork)).toBe('b');
    expect(fork.inputOf('b').idempotencyKey).toBe('fork-1/0/b/1');
    const first = tablesOf(fork);
    expect(first.run).toMatchObject({
      status: 'running',
      epoch: 0,
      turns: 0,
      lineage: { forked_from: { run: 'run-1', checkpoint: 2 } },
    });
    expect(first.steps['a']).toMatchObject({ status: 'completed', output: 'a done' });
    expect(first.checkpoints).toEqual([]);
    fork.complete('b').task().complete('c').task();
    const { run, steps, events, checkpoints } = tablesOf(fork);
    expect(run).toMatchObject({ status: 'completed', diverged: null });
    expect(Object.values(steps).map(({ status }) => status)).toEqual(Array(4).fill('completed'));
    expect(events.filter(({ data }) => data['from_run'] === 'run-1').map(({ step: key }) => key)).toEqual([
      'a',
      'd',
    ]);
    expect(checkpoints[0]).toMatchObject({ number: 1, parent: null, settled: ['b'], steps_settled: 3 });
    expect(tablesOf(parent)).toEqual(before);
  });

  test('an agent goes on in its own line', () => {
    const parent = new World(planOf([agentStep('z'), step('a')])).task();
    parent.reply('z#1/1', turn('h1', { calls: [toolCall('c1')] })).task();
    parent.complete('a').task();
    const fork = new World(null, { runId: 'fork-1', args: parent.forkArgs(1) }).task();
    expect(fork.inputOf('z')).toMatchObject({ session: { head: 'h1' }, idempotencyKey: 'fork-1/0/z/2' });
    expect(tablesOf(fork.reply('z', turn('h2')).task()).run).toMatchObject({ status: 'completed', turns: 1 });
  });
});
