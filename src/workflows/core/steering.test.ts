import { describe, expect, test } from 'vitest';
import { planOf, retries, step } from './testing/plans.ts';
import { Simulator } from './testing/simulator.ts';

const chain = () => new Simulator(planOf([step('a'), step('b', ['a'])]));
const receipts = (run: Simulator) => run.notes.filter((note) => note.type === 'command');

describe('pause', () => {
  test('nothing starts while paused; resume goes on', () => {
    const run = chain().signal('pause', { reason: 'wait', by: 'ann' }).complete('a');
    expect(run.openKeys).toEqual([]);
    expect(run.notes.map((note) => note.type)).toContain('pause_drained');
    expect(run.state.paused).toMatchObject({ reason: 'wait', by: 'ann', drained: true });
    expect(run.signal('resume').openKeys).toEqual(['b']);
    expect(run.timers.size).toBe(0);
  });

  test('a retry that falls due while paused waits', () => {
    const run = new Simulator(planOf([step('a', [], { retry: retries(2) })]))
      .fail('a')
      .signal('pause', { timeout_ms: 0 });
    expect(run.fireNext().openKeys).toEqual([]);
    expect(run.signal('resume').openKeys).toEqual(['a']);
  });

  test('a paused run does not end before it is resumed', () => {
    const run = chain().complete('a').signal('pause').complete('b');
    expect(run.closed).toBeNull();
    expect(run.signal('resume').closed).toMatchObject({ type: 'complete' });
  });

  test('its timeout resumes, or cancels when so asked', () => {
    expect(chain().signal('pause', { timeout_ms: 500 }).complete('a').fireNext().openKeys).toEqual(['b']);
    const cancelled = chain()
      .signal('pause', { timeout_ms: 500, on_timeout: 'cancel' })
      .complete('a')
      .fireNext();
    expect(cancelled.state.phase).toBe('cancelling');
  });

  test('refusals: twice, or a resume without', () => {
    const run = chain().signal('resume').signal('pause').signal('pause');
    expect(receipts(run).map((note) => [note.name, note.status, note.reason])).toEqual([
      ['resume', 'ignored', 'the run is not paused'],
      ['pause', 'processed', null],
      ['pause', 'ignored', 'the run is already paused'],
    ]);
  });
});

describe('cancel', () => {
  test('by Temporal alone: running steps are asked to stop, then it closes cancelled', () => {
    const run = chain().task({ type: 'cancel_requested' });
    expect([...run.cancelling]).toEqual(['a#1']);
    run.stopped('a');
    expect(run.statuses()).toEqual({ a: 'cancelled', b: 'cancelled' });
    expect(run.closed).toEqual({ type: 'cancelled', message: 'the run was cancelled', requested: true });
  });

  test('by command, confirmed by Temporal’s request: one cancellation', () => {
    const run = chain()
      .signal('cancel', { reason: 'wrong branch' })
      .task({ type: 'cancel_requested' })
      .stopped('a');
    expect(run.closed).toEqual({
      type: 'cancelled',
      message: 'the run was cancelled: wrong branch',
      requested: true,
    });
    expect(run.notes.filter((note) => note.type === 'run_cancelling')).toHaveLength(1);
  });

  test('by command alone it closes after a moment', () => {
    const run = chain().signal('cancel').stopped('a');
    expect(run.closed).toBeNull();
    expect(run.fireNext().closed).toMatchObject({ type: 'cancelled', requested: false });
  });

  test('a step that does not stop is given up after the grace time', () => {
    const run = chain().task({ type: 'cancel_requested' }).fireNext();
    expect(run.statuses()['a']).toBe('cancelled');
    expect(run.closed).toMatchObject({ type: 'cancelled' });
  });

  test('a step that completes all the same keeps its result', () => {
    const run = chain().task({ type: 'cancel_requested' }).complete('a', 'late');
    expect(run.state.steps['a']).toMatchObject({ status: 'completed', result: { value: 'late' } });
    expect(run.closed).toMatchObject({ type: 'cancelled' });
  });

  test('the run’s own timeout ends it as error_timeout', () => {
    const run = new Simulator(planOf([step('a')], { timeoutMs: 1_000 })).fireNext().stopped('a');
    expect(run.closed).toMatchObject({ type: 'fail', reason: 'error_timeout' });
  });
});

describe('garbage', () => {
  test.each([
    ['nosuch', {}],
    ['pause', 42],
    ['pause', []],
    ['pause', { mode: 'sideways' }],
    ['pause', { timeout_ms: 'soon' }],
    ['pause', { timeout_ms: -1 }],
    ['pause', { reason: { deep: true } }],
    ['pause', { reason: 'x'.repeat(20_000) }],
    ['cancel', { $undecodable: 'binary/odd' }],
    ['messages', null],
    ['messages', { messages: 'all' }],
    ['messages', { messages: [{ action: 'explode' }, null, 7] }],
    ['messages', { messages: Array.from({ length: 101 }, () => ({ action: 'pause' })) }],
    ['__proto__', { constructor: 1 }],
    ['toString', undefined],
  ])('signal %s %j is refused and on record, the run unharmed', (name, payload) => {
    const run = chain().signal(name, payload);
    expect(receipts(run).length).toBeGreaterThan(0);
    expect(receipts(run).every((note) => note.status === 'ignored' && note.reason !== null)).toBe(true);
    run.complete('a').complete('b');
    expect(run.closed).toMatchObject({ type: 'complete' });
  });

  test('a message with an id counts once', () => {
    const message = { id: 'm1', action: 'pause', timeout_ms: 0 };
    const run = chain()
      .signal('messages', { messages: [message, message] })
      .signal('messages', { messages: [message] });
    expect(receipts(run)).toHaveLength(1);
    expect(run.state.paused).not.toBeNull();
  });

  test('answers for what is not open change nothing', () => {
    const run = chain();
    const before = run.state;
    run.task({ type: 'timer_fired', id: 't99' }, { type: 'activity_completed', id: 'zzz#1', result: null });
    expect(run.state).toEqual(before);
  });
});

test('signals are taken before results of the same task, whatever their order', () => {
  const result = { result: { value: 1, bytes: 1, preview: '1' } };
  const run = chain().task(
    { type: 'activity_completed', id: 'a#1', result },
    { type: 'signal', name: 'pause', payload: {} },
  );
  expect(run.openKeys).toEqual([]);
  expect(run.statuses()).toEqual({ a: 'completed', b: 'pending' });
});
