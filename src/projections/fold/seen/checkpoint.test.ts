/** Which points of a run are kept, what their rows say, and in which line they stand. */
import { describe, expect, test } from 'vitest';
import { turn } from '../../../testing/answers.ts';
import { tablesOf } from '../../../testing/histories.ts';
import { World } from '../../../testing/world.ts';
import { agentStep, planOf, step } from '../../../workflows/core/testing/plans.ts';

const STEPS = [step('a'), step('b'), agentStep('c', ['a', 'b'])];
const played = (options: Parameters<typeof planOf>[1] = {}) =>
  new World(planOf(STEPS, options))
    .task()
    .complete('a')
    .task()
    .complete('b')
    .task()
    .signal('pause', { timeout_ms: 0 })
    .task()
    .signal('resume')
    .task()
    .reply('c', turn('h1'))
    .task();

describe('the checkpoints of a run', () => {
  test('one for each task in which a step settled, and one for the end', () => {
    const world = played();
    const { checkpoints, events } = tablesOf(world);
    expect(checkpoints).toMatchObject([
      { number: 1, reason: 'step', parent: null, settled: ['a'], steps_settled: 1, turns: 0, state: null },
      { number: 2, reason: 'step', parent: 1, settled: ['b'], steps_settled: 2, state: null },
      {
        number: 3,
        reason: 'step',
        parent: 2,
        settled: ['c'],
        steps_settled: 3,
        turns: 1,
        cost_estimate: 300,
      },
      { number: 4, reason: 'close', parent: 3, settled: [], steps_settled: 3, kind: 'closed' },
    ]);
    for (const { event_id, execution_id, kind, seq } of checkpoints) {
      expect(execution_id).toBe('execution-1');
      const event = world.events.find(({ eventId }) => eventId === event_id);
      expect(event?.kind).toBe(kind === 'closed' ? 'closed' : 'task_completed');
      expect(events.filter((told) => told.event_id <= event_id).at(-1)?.seq).toBe(seq);
    }
  });

  test('with `level` one for each level that is done, with all that settled since the one before', () => {
    expect(tablesOf(played({ checkpoints: 'level' })).checkpoints).toMatchObject([
      { number: 1, reason: 'level', settled: ['a', 'b'] },
      { number: 2, reason: 'level', settled: ['c'] },
      { number: 3, reason: 'close' },
    ]);
  });

  test('with `none` only the end, and what a person has named', () => {
    const world = new World(planOf(STEPS, { checkpoints: 'none' })).task().complete('a').task();
    world.signal('checkpoint', { id: 'm1', content: 'before the migration', by: 'ann' }).task();
    const { checkpoints, messages } = tablesOf(world.complete('b').task().terminate());
    expect(checkpoints).toMatchObject([
      { number: 1, reason: 'label', label: 'before the migration', settled: ['a'], steps_settled: 1 },
      { number: 2, reason: 'close', parent: 1, settled: ['b'] },
    ]);
    expect(messages).toContainEqual(
      expect.objectContaining({ action_type: 'checkpoint', action_status: 'processed', author: 'ann' }),
    );
  });

  test('labels of one task are one checkpoint; those that say nothing are refused', () => {
    const world = new World(planOf(STEPS)).task();
    world.signal('checkpoint', 'one').signal('checkpoint', 'two').signal('checkpoint', '  ').task();
    const { checkpoints, messages } = tablesOf(world);
    expect(checkpoints).toMatchObject([{ label: 'one; two', settled: [], steps_settled: 0 }]);
    expect(messages.map(({ action_status }) => action_status)).toEqual(['processed', 'processed', 'ignored']);
  });

  test('runs of former versions know no such command', () => {
    const world = new World(planOf(STEPS), { version: 2 }).task().signal('checkpoint', 'one').task();
    const { checkpoints, messages } = tablesOf(world);
    expect(checkpoints).toEqual([]);
    expect(messages).toMatchObject([{ action_status: 'ignored', reason_code: 'malformed' }]);
  });

  test('numbers go on over branches; a branch stands in the line of what it goes on from', () => {
    const world = new World(planOf(STEPS)).task().complete('a').task().complete('b').task();
    world.reset(2).task().reply('c', turn('h1')).task();
    expect(tablesOf(world).checkpoints.map(({ number, epoch, parent }) => [number, epoch, parent])).toEqual([
      [1, 0, null],
      [2, 0, 1],
      [3, 1, 1],
      [4, 1, 3],
      [5, 1, 4],
    ]);
  });
});
