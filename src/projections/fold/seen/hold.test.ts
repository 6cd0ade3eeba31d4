/** Temporal's own pause in the tables, and how long a run has worked. */
import { describe, expect, test } from 'vitest';
import { planOf, step } from '../../../workflows/core/testing/plans.ts';
import { comments, tablesOf } from '../../../testing/histories.ts';
import { World } from '../../../testing/world.ts';

const PLAIN = planOf([step('x'), step('y', ['x'])]);
const begun = () => new World(PLAIN).task();
const hold = (history: World) =>
  history.add({ kind: 'held', identity: 'ann', reason: 'look first', requestId: 'req-1' });
const release = (history: World) =>
  history.add({ kind: 'released', identity: 'bea', reason: null, requestId: 'req-2' });
const MINUTES = 60_000;

describe('a pause in Temporal', () => {
  test('stands in the row, in an event and in the thread, until it is taken back', () => {
    const history = begun();
    hold(history);
    const held = tablesOf(history);
    expect(held.run).toMatchObject({
      status: 'running',
      is_paused: false,
      temporal_pause: { by: 'ann', reason: 'look first', since: expect.any(String) },
    });
    const asked = held.messages.find(({ message_id: id }) => id === 'req-1');
    expect(asked).toMatchObject({
      action_type: 'pause',
      action_status: 'processed',
      author: 'ann',
      content: 'look first',
      metadata: { temporal: true },
    });
    expect(held.events.at(-1)).toMatchObject({
      type: 'status_change',
      caused_by: asked?.seq,
      data: { scope: 'run', from: 'running', to: 'running', temporal: 'paused', by: 'ann' },
    });
    expect(comments(held)).toContainEqual(
      expect.stringMatching(/^Workflow paused in Temporal by ann: look first/),
    );
    release(history);
    const released = tablesOf(history);
    expect(released.run).toMatchObject({ temporal_pause: null });
    expect(released.events.at(-1)).toMatchObject({
      data: { temporal: 'unpaused', by: 'bea', since: held.run?.temporal_pause?.since },
    });
    expect(comments(released).at(-1)).toBe('Workflow no longer paused in Temporal by bea');
    expect(tablesOf(history.complete('x#1').task().complete('y#1').task()).run?.status).toBe('completed');
  });

  test('ends with the run', () => {
    const history = begun();
    hold(history);
    history.terminate('enough', 'ann');
    expect(tablesOf(history).run).toMatchObject({ status: 'terminated', temporal_pause: null });
  });
});

describe('working time', () => {
  test('is that in which something is dispatched', () => {
    const history = begun();
    const started = Date.parse(tablesOf(history).run?.started_at ?? '');
    expect(tablesOf(history).run).toMatchObject({
      active_seconds: 0,
      active_since: new Date(started).toISOString(),
    });
    history.pass(3 * MINUTES).complete('x#1');
    const first = (history.now - started) / 1000;
    expect(tablesOf(history).run).toMatchObject({ active_seconds: first, active_since: null });
    history.task();
    const second = tablesOf(history).run?.active_since ?? '';
    history.pass(2 * MINUTES).complete('y#1');
    const worked = first + (history.now - Date.parse(second)) / 1000;
    const run = tablesOf(history.task()).run;
    expect(run).toMatchObject({ status: 'completed', active_since: null });
    expect(run?.active_seconds).toBeCloseTo(worked, 6);
    expect(run?.duration_seconds).toBeGreaterThan(run?.active_seconds ?? Infinity);
  });

  test('stands still while the run is paused, by whomever, once what runs has ended', () => {
    const history = begun().signal('pause').task().complete('x#1').task();
    const paused = tablesOf(history).run;
    expect(paused).toMatchObject({ is_paused: true, active_since: null });
    const resumed = tablesOf(
      history
        .pass(30 * MINUTES)
        .signal('resume')
        .task(),
    ).run;
    expect(resumed).toMatchObject({ active_seconds: paused?.active_seconds });
    expect(resumed?.active_since).not.toBeNull();
    const held = begun();
    hold(held);
    held.complete('x#1').pass(30 * MINUTES);
    release(held);
    const { active_seconds: worked, active_since: since } = tablesOf(held.task()).run ?? {};
    expect(worked).toBeGreaterThan(0);
    expect(worked).toBeLessThan(1);
    expect(held.now - Date.parse(since ?? '')).toBeLessThan(1_000);
  });

  test('does not go on after an end that nobody decided', () => {
    const history = begun().pass(MINUTES);
    history.end({ status: 'timed_out' });
    const { run } = tablesOf(history);
    expect(run).toMatchObject({ status: 'timed_out', active_since: null });
    expect(run?.active_seconds).toBeCloseTo(run?.duration_seconds ?? 0, 6);
  });
});
