import { describe, expect, test } from 'vitest';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { GUARD_IDENTITY, guardReason } from '../../protocol/guard.ts';
import type { Kinds } from '../../workflows/core/index.ts';
import { planOf, retries, step } from '../../workflows/core/testing/plans.ts';
import { World } from '../../testing/world.ts';
import { foldInPages } from '../../testing/tables.ts';
import { tablesOf } from '../../testing/histories.ts';
import type { Tables } from '../../testing/tables.ts';

const types = (tables: Tables) => tables.events.map((event) => event.type);

describe('a run that goes well', () => {
  const history = new World(planOf([step('a'), step('b', ['a'])]))
    .task()
    .complete('a#1', 'one')
    .task()
    .complete('b#1', { two: 2 })
    .task();
  const tables = tablesOf(history);

  test('ends completed, with output and times', () => {
    expect(tables.run).toMatchObject({
      status: 'completed',
      terminal_reason: 'completed',
      output: { two: 2 },
      diverged: null,
      metadata: { started_by: 'ann', identity: 'api', source: 'baton' },
    });
    expect(tables.run?.duration_seconds).toBeGreaterThan(0);
  });

  test('every attempt says who did it and when', () => {
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'completed', worker: 'worker-1', usage: null });
    expect(tables.steps['a']).toMatchObject({ status: 'completed', turns: 0, output: 'one', attempt: 1 });
    expect(tables.steps['b']).toMatchObject({ status: 'completed', turns: 0, cost_estimate: 0 });
  });

  test('events tell the story, each with what led to it', () => {
    expect(types(tables)).toEqual([
      'workflow_start',
      'status_change',
      'plan',
      'status_change',
      'status_change',
      'status_change',
      'status_change',
      'complete',
    ]);
    expect(tables.events.map((event) => event.caused_by)).toEqual([null, 1, 1, 1, 4, 5, 6, 7]);
    expect(tables.events.map((event) => event.previous)).toEqual([null, 1, 2, 3, 4, 5, 6, 7]);
    expect(tables.causeDepths).toEqual([0, 1, 1, 1, 2, 3, 4, 5]);
    expect(tables.events[2]?.data).toMatchObject({
      revision: 0,
      step_count: 2,
      steps: [
        { key: 'a', kind: expect.any(String), dependencies: [] },
        { key: 'b', kind: expect.any(String), dependencies: ['a'] },
      ],
    });
    expect(tables.events[5]).toMatchObject({
      step: 'b',
      data: { scope: 'step', from: 'pending', to: 'running' },
    });
  });
});

describe('failures', () => {
  test('a failed attempt is kept, and leads to the next', () => {
    const history = new World(planOf([step('a', [], { retry: retries(2) })]))
      .task()
      .fail('a#1', 'http_failed')
      .task()
      .fire('t1')
      .task()
      .complete('a#2', 'fine')
      .task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({ status: 'completed' });
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'failed', category: 'TASK_ERROR' });
    const [error] = tables.events.filter((event) => event.type === 'error');
    expect(error?.data).toMatchObject({ will_retry: true, type: 'http_failed', category: 'TASK_ERROR' });
    const restarted = tables.events.findLast((event) => event.data['to'] === 'running');
    expect(restarted).toMatchObject({ attempt: 2, caused_by: error?.seq });
  });

  test('the run says which step, with its code; what was not done is skipped', () => {
    const history = new World(planOf([step('a'), step('b', ['a'])])).task().fail('a#1').task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({ status: 'failed', error: { type: 'command_failed', step: 'a' } });
    expect(tables.steps['b']).toMatchObject({ status: 'skipped' });
    expect(tables.run?.diverged).toBeNull();
  });

  test('a workflow task that failed consumes nothing', () => {
    const history = new World(planOf([step('a')])).task().complete('a#1').failedTask().task();
    expect(tablesOf(history).run).toMatchObject({ status: 'completed', diverged: null });
  });
});

describe('what the thread says of commands', () => {
  test('passed, and failed with the exit code', () => {
    const steps = [step('a', [], { title: 'Build' }), step('b', ['a'], { title: 'Test' })];
    const history = new World(planOf(steps))
      .task()
      .complete('a#1')
      .task()
      .fail('b#1', 'command_failed', { data: { exit_code: 3 } })
      .task();
    expect(tablesOf(history).messages).toMatchObject([
      { message_type: 'system', action_type: 'comment', content: 'Build: PASSED', step: 'a', agent: null },
      { content: 'Test: FAILED (exit code 3)', step: 'b', attempt: 1 },
    ]);
  });
});

describe('commands', () => {
  const paused = () =>
    new World(planOf([step('a'), step('b', ['a'])]))
      .task()
      .signal('pause', { id: 'm1', reason: 'look', by: 'bea', timeout_ms: 0 })
      .task();

  test('a pause is told before what it does, and shows at once', () => {
    const tables = tablesOf(paused());
    expect(tables.run).toMatchObject({ status: 'paused', is_paused: true, pause_reason: 'look' });
    const message = tables.events.find((event) => event.type === 'message');
    expect(tables.events.find((event) => event.data['to'] === 'paused')).toMatchObject({
      caused_by: message?.seq,
      data: { scope: 'run', from: 'running', reason: 'look', by: 'bea' },
    });
    expect(tables.messages).toMatchObject([
      {
        seq: message?.seq,
        message_id: 'm1',
        action_type: 'pause',
        action_status: 'processed',
        author: 'bea',
      },
      {
        message_type: 'system',
        content: 'Workflow paused at user request: look (after_turn; 1 step still at work)',
      },
    ]);
  });

  test('the pause holds once nothing is open, and ends with resume', () => {
    const drained = paused().complete('a#1').task();
    expect(tablesOf(drained).run?.pause_drained_at).not.toBeNull();
    const resumed = drained.signal('resume').task().complete('b#1').task();
    expect(tablesOf(resumed).run).toMatchObject({ status: 'completed', is_paused: false, diverged: null });
  });

  test('garbage is refused on record, with the sender’s identity', () => {
    const history = new World(planOf([step('a')])).task().signal('explode', { $undecodable: 'odd' }).task();
    const tables = tablesOf(history);
    expect(tables.messages).toMatchObject([
      { action_type: null, action_status: 'ignored', author: 'operator@desk' },
    ]);
    expect(tables.run).toMatchObject({ status: 'running', diverged: null });
  });

  test('what comes to a run that fails at its start is refused on record', () => {
    const inputs = { name: { type: 'string', required: true, description: null } } as const;
    const history = new World(planOf([step('a')], { inputs })).signal('pause', { id: 'm1' }).task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({ status: 'failed', terminal_reason: 'inputs_invalid' });
    expect(tables.messages).toMatchObject([{ message_id: 'm1', action_status: 'ignored' }]);
  });

  test('Temporal’s own cancel request stands in the thread, with who and why', () => {
    const history = new World(planOf([step('a')]))
      .task()
      .requestCancel('wrong branch')
      .task()
      .stop('a#1')
      .task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({
      status: 'cancelled',
      metadata: { ended_by: { action: 'cancel', by: 'operator@desk', reason: 'wrong branch' } },
      diverged: null,
    });
    const why = 'the run was cancelled by operator@desk: wrong branch';
    expect(tables.messages).toMatchObject([
      { action_type: 'cancel', content: 'wrong branch', author: 'operator@desk' },
      { action_type: 'comment', content: `Step a: STOPPED (${why})` },
    ]);
    // The core knows neither who nor why.
    expect(tables.run?.error_message).toBe(why);
    expect(tables.steps['a']).toMatchObject({ reason: why });
    expect(tables.events.find(({ data }) => data['to'] === 'cancelled')?.data['reason']).toBe(why);
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'cancelled', error: { message: why } });
  });

  test('a timer that fires in the task that cancels it is no difference', () => {
    const plan = planOf([step('w', [], { spec: { kind: 'wait', duration: '1s' } }), step('a')]);
    const history = new World(plan)
      .task()
      .signal('cancel', { reason: 'stop' })
      .fire('t1')
      .task()
      .stop('a#1')
      .task();
    // The workflow's timer has ended by itself: nothing is sent, although the core asks for its cancellation.
    const startedEventId = history.events.find((event) => event.kind === 'timer_started')?.eventId ?? 0;
    expect(history.events.map(({ kind }) => kind)).not.toContain('timer_cancelled');
    expect(tablesOf(history).run).toMatchObject({ diverged: null });
    history.add({ kind: 'timer_cancelled', startedEventId, completedBy: 1 });
    expect(foldInPages('run-1', history.chain, 100).run?.diverged).toMatchObject({ expected: 'nothing' });
  });
});

describe('ends that nobody decided in the workflow', () => {
  test('terminated: who, why, and nothing left open; unread commands are refused', () => {
    const history = new World(planOf([step('a'), step('b', ['a'])]))
      .task()
      .signal('messages', {
        messages: [
          { id: 'm1', action: 'pause' },
          { id: 'm2', action: 'cancel' },
        ],
      })
      .terminate('stuck');
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({
      status: 'terminated',
      terminal_reason: 'terminated',
      error_message: 'terminated by ops@desk: stuck',
      metadata: { ended_by: { action: 'terminate', by: 'ops@desk', reason: 'stuck' } },
    });
    expect(tables.steps['a']).toMatchObject({ status: 'cancelled' });
    expect(tables.steps['b']).toMatchObject({ status: 'cancelled' });
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'cancelled' });
    expect(tables.messages).toMatchObject([
      { message_id: 'm1', action_type: 'pause', action_status: 'ignored' },
      { message_id: 'm2', action_type: 'cancel', action_status: 'ignored' },
      { action_type: 'terminate', author: 'ops@desk', content: 'stuck' },
      { action_type: 'comment', content: 'Step a: STOPPED (terminated by ops@desk: stuck)' },
    ]);
  });

  test('ended by Baton itself, since its code stalled workers: failed, and nobody’s command', () => {
    const message = 'the expression inputs.t.matches("(a|aa)*b") kept a worker busy';
    const ending = { status: 'terminated' as const, message: guardReason(message) };
    const guarded = new World(planOf([step('a')])).task().end({ ...ending, identity: GUARD_IDENTITY });
    const tables = tablesOf(guarded);
    expect(tables.run).toMatchObject({
      status: 'failed',
      terminal_reason: 'expression_too_costly',
      error: { type: 'expression_too_costly', message, step: null },
      diverged: null,
    });
    expect(tables.steps['a']).toMatchObject({ status: 'cancelled' });
    expect(tables.messages.map(({ message_type }) => message_type)).toEqual(['system']);

    const imitated = new World(planOf([step('a')])).task().end({ ...ending, identity: 'ops@desk' });
    expect(tablesOf(imitated).run).toMatchObject({ status: 'terminated' });
  });

  test('Temporal’s own timeout', () => {
    const history = new World(planOf([step('a')])).task().end({ status: 'timed_out' });
    expect(tablesOf(history).run).toMatchObject({ status: 'timed_out', terminal_reason: 'error_timeout' });
  });
});

describe('history that differs from what the core decides', () => {
  const plan = planOf([step('a'), step('b', ['a'])]);
  type Change = (history: World) => void;

  test.each<[string, Change, object]>([
    [
      'another activity',
      (history) => change(history, 'activity_scheduled', { activityId: 'z#1' }),
      { expected: 'activity a#1 (command)', found: 'activity z#1 (command)' },
    ],
    [
      'another input',
      (history) => change(history, 'activity_scheduled', { input: { run: 'other' } }),
      { found: expect.stringContaining('other input at $.run') },
    ],
    [
      'an activity that is missing',
      (history) => void history.events.splice(indexOf(history, 'activity_scheduled'), 1, other(history)),
      { expected: 'activity a#1', found: 'nothing' },
    ],
    [
      'a command that no Baton workflow gives',
      (history) => change(history, 'task_failed', { kind: 'other_command', completedBy: 4 }),
      { expected: 'nothing' },
    ],
    [
      'another output',
      (history) => change(history, 'closed', { result: 'forged' }),
      { found: expect.stringContaining('other content') },
    ],
    [
      'another end',
      (history) => change(history, 'closed', { status: 'failed', failureType: 'failed' }),
      { expected: 'close as completed', found: 'close as failed (failed)' },
    ],
  ])('%s', (_, tamper, expected) => {
    const history = new World(plan).task().failedTask().complete('a#1').task().complete('b#1').task();
    tamper(history);
    const { run } = foldInPages('run-1', history.chain, 3);
    expect(run?.diverged).toMatchObject({ execution_id: 'execution-1', ...expected });
  });

  test('a newer interpreter: what it decided is left to a newer Baton', () => {
    const args = [{}, { interpreter: INTERPRETER_VERSION + 1, plan, epoch: 0, labels: {}, startedBy: null }];
    const history = new World(null, { args, unchecked: true });
    history.add({ kind: 'other' });
    history.add({ kind: 'task_started', continueSuggested: false });
    expect(foldInPages('run-1', history.chain, 1).run).toMatchObject({ status: 'pending', diverged: null });
    history.add({ kind: 'task_completed' });
    expect(() => foldInPages('run-1', history.chain, 1)).toThrow(
      expect.objectContaining({ name: 'UnknownInterpreterError', isNewer: true }),
    );
  });

  test('what the core cannot decide: on record, and the end is still shown', () => {
    const history = new World(plan).task().complete('a#1').task().complete('b#1').task();
    const { run } = foldInPages('run-1', history.chain, 1, {} as Kinds);
    expect(run?.diverged).toMatchObject({ expected: 'a decision of the core' });
    expect(run).toMatchObject({ status: 'completed' });
  });

  function indexOf(history: World, kind: string): number {
    return history.events.findIndex((event) => event.kind === kind);
  }
  function change(history: World, kind: string, changes: object): void {
    Object.assign(history.events[indexOf(history, kind)] ?? {}, changes);
  }
  function other(history: World) {
    const { eventId, timeMs } = history.events[indexOf(history, 'activity_scheduled')] ?? {
      eventId: 0,
      timeMs: 0,
    };
    return { kind: 'other', eventId, timeMs, type: 'OTHER' } as const;
  }
});

describe('several executions', () => {
  const plan = planOf([step('a'), step('b', ['a'])]);

  test('a reset goes on from the copied part under a new epoch; that part leaves no events', () => {
    const run = new World(plan).task().complete('a#1').task().signal('comment', 'so far').task();
    run.complete('b#1', 'bad').task().reset(2, { reason: 'bad answer' }).complete('b#1', 'good').task();
    const whole = tablesOf(run);

    expect(whole.run).toMatchObject({
      status: 'completed',
      epoch: 1,
      output: 'good',
      execution_id: 'execution-2',
      metadata: { reset: { by: 'ops@desk', reason: 'bad answer' } },
      diverged: null,
    });
    expect(whole.steps['a']).toMatchObject({ status: 'completed' });
    expect(whole.attempts['0/b#1']).toMatchObject({ status: 'completed' });
    expect(whole.attempts['1/b#1']).toMatchObject({ status: 'completed', epoch: 1 });
    const after = whole.events.filter((event) => event.execution_id === 'execution-2');
    expect(after[0]).toMatchObject({
      type: 'status_change',
      data: { scope: 'run', from: 'completed', to: 'running', reset: true, by: 'ops@desk' },
    });
    expect(after[1]).toMatchObject({ step: 'b', data: { from: 'completed', to: 'running' } });
    expect(after.at(-1)).toMatchObject({ type: 'complete' });
  });

  test('the same run id started again is a new branch of the run', () => {
    const run = new World(plan).task().fail('a#1').task();
    run.restart(planOf([step('a'), step('c', ['a'])])).task();
    const tables = tablesOf(run.complete('a#1').task());
    expect(tables.run).toMatchObject({ status: 'running', epoch: 1, error: null, completed_at: null });
    expect(tables.steps['b']).toMatchObject({ status: 'superseded' });
    expect(tables.steps['c']).toMatchObject({ status: 'running' });
    expect(types(tables).filter((type) => type === 'workflow_start')).toHaveLength(2);
  });
});
