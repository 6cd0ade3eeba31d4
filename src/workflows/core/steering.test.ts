import { describe, expect, test } from 'vitest';
import { advance } from './index.ts';
import { planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const chain = () => new QuickWorld(planOf([step('a'), step('b', ['a'])]));
const receipts = (run: QuickWorld) => run.notes.filter((note) => note.type === 'command');

describe('pause', () => {
  test('nothing starts while paused; resume goes on', () => {
    const run = chain().signal('pause', { reason: 'wait', by: 'ann' }).complete('a');
    expect(run.openKeys).toEqual([]);
    expect(run.notes.map((note) => note.type)).toContain('pause_drained');
    expect(run.state.paused).toMatchObject({ reason: 'wait', by: 'ann', holds: true });
    expect(run.signal('resume').openKeys).toEqual(['b']);
    expect(run.timers.size).toBe(0);
  });

  test('the clock of a retry stands still while paused, and goes on with what was left', () => {
    const run = new QuickWorld(planOf([step('a', [], { retry: retries(2, 5_000) })]))
      .fail('a')
      .signal('pause', { timeout_ms: 0 });
    expect(run.timers.size).toBe(0);
    run.now += 3_600_000;
    run.signal('resume');
    expect([...run.timers.values()]).toEqual([run.now + 5_000]);
    expect(run.fireNext().openKeys).toEqual(['a']);
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

describe('pause now', () => {
  test('what runs is stopped; it starts again under its key when the run is resumed', () => {
    const run = chain().signal('pause', { mode: 'now' });
    expect([...run.cancelling]).toEqual(['a#1']);
    expect(run.notes).toContainEqual(expect.objectContaining({ type: 'run_paused', busy: 1, mode: 'now' }));
    const key = run.inputOf('a').idempotencyKey;
    run.stop('a');
    expect(run.statuses()).toEqual({ a: 'pending', b: 'pending' });
    expect(run.notes.at(-1)).toMatchObject({ type: 'pause_drained', of: 1 });
    run.signal('resume');
    expect([...run.open.keys()]).toEqual(['a#2']);
    expect(run.inputOf('a').idempotencyKey).toBe(key);
    expect(run.complete('a').complete('b').closed).toMatchObject({ type: 'complete' });
  });

  test('one that is resumed before all has stopped goes on when it has', () => {
    const run = chain().signal('pause', { mode: 'now' }).signal('resume');
    expect(run.open.size).toBe(1);
    expect(run.stop('a').openKeys).toEqual(['a']);
    expect([...run.open.keys()]).toEqual(['a#2']);
  });

  test('a milder pause can be made stricter while it drains, and no other way round', () => {
    const run = chain()
      .signal('pause')
      .signal('pause', { mode: 'now' })
      .signal('pause', { mode: 'after_turn' });
    expect(receipts(run).map((note) => note.status)).toEqual(['processed', 'processed', 'ignored']);
    expect(run.stop('a').state.paused).toMatchObject({ mode: 'now', holds: true });
    expect(receipts(run.signal('pause', { mode: 'now' })).at(-1)).toMatchObject({ status: 'ignored' });
  });

  test('a cancel while it stops ends the run', () => {
    const run = chain().signal('pause', { mode: 'now' }).task({ type: 'cancel_requested' });
    expect(run.stop('a').closed).toMatchObject({ type: 'cancelled' });
  });
});

test('how far a pause has come is told', () => {
  const run = new QuickWorld(planOf([step('a'), step('b'), step('c')])).signal('pause');
  run.complete('a').complete('b').complete('c');
  const told = run.notes.filter((note) => note.type.startsWith('pause_'));
  expect(told).toMatchObject([
    { drained: 1, of: 3 },
    { drained: 2, of: 3 },
    { type: 'pause_drained', of: 3 },
  ]);
});

test('a pause puts off when a wait, and the run’s own timeout, end', () => {
  const wait = step('w', [], { spec: { kind: 'wait', duration: '10s' } });
  const run = new QuickWorld(planOf([wait], { timeoutMs: 60_000 })).signal('pause', { timeout_ms: 500_000 });
  expect(run.timers.size).toBe(1);
  run.fireNext();
  expect([...run.timers.values()].sort()).toEqual([run.now + 10_000, run.now + 60_000]);
  expect(run.fireNext().closed).toMatchObject({ type: 'complete' });
});

describe('cancel', () => {
  test('by Temporal alone: running steps are asked to stop, then it closes cancelled', () => {
    const run = chain().task({ type: 'cancel_requested' });
    expect([...run.cancelling]).toEqual(['a#1']);
    run.stop('a');
    expect(run.statuses()).toEqual({ a: 'cancelled', b: 'cancelled' });
    expect(run.closed).toEqual({
      type: 'cancelled',
      message: 'the run was cancelled',
      requested: true,
      reason: 'cancelled',
    });
  });

  test('by command, confirmed by Temporal’s request: one cancellation', () => {
    const run = chain()
      .signal('cancel', { reason: 'wrong branch' })
      .task({ type: 'cancel_requested' })
      .stop('a');
    expect(run.closed).toEqual({
      type: 'cancelled',
      message: 'the run was cancelled: wrong branch',
      requested: true,
      reason: 'cancelled',
    });
    expect(run.notes.filter((note) => note.type === 'run_cancelling')).toHaveLength(1);
  });

  test('by command alone it closes after a moment', () => {
    const run = chain().signal('cancel').stop('a');
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
    const run = new QuickWorld(planOf([step('a')], { timeoutMs: 1_000 })).fireNext().stop('a');
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

  test('an id that is used again for something else is refused', () => {
    const run = chain()
      .signal('pause', { id: 'm1', timeout_ms: 0 })
      .signal('pause', { id: 'm1', timeout_ms: 0 })
      .signal('cancel', { id: 'm1' });
    expect(receipts(run)).toMatchObject([{ status: 'processed' }, { status: 'ignored', code: 'id_reused' }]);
    expect(run.state.phase).toBe('running');
  });

  test('an id that is used again for the same, put otherwise, counts once', () => {
    const run = chain()
      .signal('pause', { id: 'm1', timeout_ms: 0, reason: 'look' })
      .signal('messages', {
        messages: [{ id: 'm1', action: 'pause', timeout_ms: 0, content: 'look', mode: 'after_turn' }],
      });
    expect(receipts(run)).toMatchObject([{ status: 'processed' }]);
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
    const { state } = chain();
    const facts = [
      { type: 'timer_fired', id: 't99' },
      { type: 'activity_completed', id: 'zzz#1', result: null },
    ] as const;
    const at = { now: 2_000_000, historyLength: 9, continueSuggested: false };
    expect(advance(state, facts, at)).toEqual({ state, actions: [], notes: [] });
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
