/**
 * Any run, of any version, whatever happens to it and however often it ends and goes on, goes back, or is forked: core and
 * fold agree at every task, and the tables are the same however its history comes in pages.
 */
import fc from 'fast-check';
import { deepStrictEqual } from 'node:assert/strict';
import { expect, test } from 'vitest';
import { cases } from '../../test/support/cases.ts';
import { INTERPRETER_VERSION } from '../protocol/envelope.ts';
import { anyPlan } from './any-plans.ts';
import { ANYTHING, AnyRun } from './any-run.ts';
import type { Departed } from './any-run.ts';
import { happeningsOf } from './chance.ts';
import { countedTwice, tablesOf } from './histories.ts';
import type { World } from './world.ts';
import type { StepActivityInput } from '../protocol/activity.ts';

/** Of so many sequences one is read in pages, and all that must hold in tables is looked at. */
const READ_WHOLE = 40;

/** What is done anew, and all that waits for it, does not stay as it was. */
function checkFates({ back: { from = null, departure }, foreseen: { state, fates } }: Departed): void {
  const given = departure?.given;
  const anew = new Set(from === null ? given?.keys() : [from, ...(given?.keys() ?? [])]);
  for (const { key, dependencies } of state.plan?.steps ?? [])
    if (dependencies.some((one) => anew.has(one))) anew.add(key);
  deepStrictEqual(
    [...anew].filter((key) => fates.get(key) === 'kept' && given?.has(key) !== true),
    [],
  );
}

/** What was foreseen comes to pass: what stays as it was does, and nobody refuses what may be. */
function checkDeparted(departed: Departed): void {
  checkFates(departed);
  const { world, foreseen } = departed;
  const { state, fates } = foreseen;
  const now = world.stateOrNull;
  const refused = world.notes.findLast((note) => note.type === 'run_failed');
  expect(world.closed !== null && refused?.reason === 'inputs_invalid').toBe(false);
  if (now?.phase !== 'running') return;
  const kept = Object.entries(state.steps).filter(([key]) => fates.get(key) === 'kept');
  const endsOf = (steps: typeof state.steps) =>
    kept.map(([key]) => [key, steps[key]?.status, steps[key]?.result?.bytes]);
  deepStrictEqual(endsOf(now.steps), endsOf(state.steps));
}

/** Its effects are its own: no key is one of another run's, or of a branch that was left when it went back. */
function checkKeys({ runId, scheduled }: World, since: number): void {
  const keys = scheduled.map(({ input }) => (input as Partial<StepActivityInput>).idempotencyKey ?? null);
  const former = new Set(keys.slice(0, since));
  const foreign = keys
    .slice(since)
    .filter((key) => key !== null && (former.has(key) || !key.startsWith(`${runId}/`)));
  deepStrictEqual(foreign, []);
}

/** In parts, so that on a busy machine too each comes to its end before its deadline. */
test.each([
  ...[1, 2].map((version) => ({ version, count: 200, part: 1 })),
  ...[1, 2, 3, 4].map((part) => ({ version: INTERPRETER_VERSION, count: 1_050, part })),
])('of version $version, part $part', ({ version, count }) => {
  let played = 0;
  fc.assert(
    fc.property(
      anyPlan,
      happeningsOf(ANYTHING, 40),
      fc.constantFrom(30, 120, Number.POSITIVE_INFINITY),
      fc.boolean(),
      (plan, happenings, every, byHand) => {
        const continueSuggested = (events: number) => events > every;
        const back = new Map<World, number>();
        const run = new AnyRun(plan, { version, continueSuggested, byHand }, (departed) => {
          checkDeparted(departed);
          back.set(departed.world, departed.since);
        });
        for (const one of happenings) run.happen(one);
        for (const [world, since] of back) {
          checkKeys(world, since);
          deepStrictEqual(countedTwice(world.tables()), []);
        }
        if (played++ % READ_WHOLE > 0) return;
        for (const world of [run.world, ...run.parents]) expect(tablesOf(world).run).not.toBeNull();
      },
    ),
    cases(count),
  );
});
