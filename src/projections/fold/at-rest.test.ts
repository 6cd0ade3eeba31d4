import { expect, test } from 'vitest';
import { World } from '../../testing/world.ts';
import { ask, planOf, step } from '../../workflows/core/testing/plans.ts';
import { RunFold } from './run-fold.ts';

/** As the fold has it once it has read all of the history. */
function restOf(world: World): number {
  const fold = new RunFold('run');
  fold.beginExecution('x');
  for (const event of world.events) fold.apply(event);
  return fold.restsUntilMs;
}

const asking = () => new World(planOf([step('a'), step('q', ['a'], { spec: ask() })]), { executionId: 'x' });

test('a run is at rest while it waits for people only', () => {
  const world = asking();
  expect(restOf(world), 'before the first task').toBe(0);
  expect(restOf(world.task()), 'while a worker has a step').toBe(0);
  expect(restOf(world.complete('a#1')), 'while the workflow is to hear of it').toBe(0);
  expect(restOf(world.task()), 'once it asks').toBe(Infinity);
  expect(restOf(world.signal('pause', { reason: 'look' })), 'once it is told something').toBe(0);
});

test('a run that waits for a moment is at rest until then', () => {
  const wait = step('w', [], { spec: { kind: 'wait', duration: '1h' } });
  const world = new World(planOf([wait]), { executionId: 'x' }).task();
  expect(restOf(world)).toBe(world.state.timers['t1']?.dueAt);
  expect(restOf(world.fire('t1'))).toBe(0);
});
