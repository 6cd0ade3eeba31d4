/** Random plans in a random world against what must hold for every run. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { isGood, isSettled } from './kernel/state.ts';
import { planOf, retries, step, transform, when } from './testing/plans.ts';
import { happeningsOf, pickOf } from '../../testing/chance.ts';
import type { Happening } from '../../testing/chance.ts';
import { QuickWorld } from '../../testing/world.ts';

interface Shape {
  readonly parents: number[];
  readonly kind: 'command' | 'transform' | 'wait';
  readonly when: 'none' | 'always' | 'failed' | 'false';
  readonly onError: 'fail' | 'continue';
  readonly parallel: boolean;
  readonly attempts: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  parents: fc.array(fc.nat(30), { maxLength: 3 }),
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('command' as const) },
    fc.constant('transform' as const),
    fc.constant('wait' as const),
  ),
  when: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    fc.constantFrom('always' as const, 'failed' as const, 'false' as const),
  ),
  onError: fc.constantFrom('fail', 'continue'),
  parallel: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  attempts: fc.integer({ min: 1, max: 3 }),
});

const CONDITIONS = {
  none: null,
  always: when('status.always'),
  failed: when('status.failed'),
  false: when('status.succeeded && (false)', [], false),
} as const;

const plans: fc.Arbitrary<Plan> = fc
  .record({
    shapes: fc.array(shape, { minLength: 1, maxLength: 25 }),
    failure: fc.constantFrom('fast' as const, 'finish' as const),
    scheduling: fc.constantFrom('ready' as const, 'level' as const),
    maxParallel: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ shapes, ...options }) => planOf(shapes.map(toStep), options));

function toStep(one: Shape, index: number): PlanStep {
  const parents = index === 0 ? [] : [...new Set(one.parents.map((parent) => `s${parent % index}`))];
  const spec = {
    command: undefined,
    transform: transform({ of: index }),
    wait: { kind: 'wait' as const, duration: '1s' },
  }[one.kind];
  return step(`s${index}`, parents, {
    ...(spec === undefined ? {} : { spec }),
    when: CONDITIONS[one.when],
    parallel: one.parallel,
    onError: { action: one.onError },
    retry: retries(one.attempts),
  });
}

const HOW = ['ok', 'ok', 'ok', 'task', 'infra', 'timer', 'pause', 'now', 'resume', 'garbage'] as const;
type Happenings = readonly Happening<(typeof HOW)[number]>[];

/** Which open activity ends, and how; or what a person does. */
function happen(run: QuickWorld, { pick, what }: Happenings[number]): void {
  if (what === 'pause') return void run.signal('pause', { timeout_ms: 0 });
  if (what === 'now') return void run.signal('pause', { mode: 'now', timeout_ms: 0 });
  if (what === 'resume') return void run.signal('resume');
  if (what === 'garbage') return void run.signal('pause', ['?']);
  const id = pickOf(run.openIds, pick);
  if ((what === 'timer' || id === undefined) && run.timers.size > 0) return void run.fireNext();
  if (id === undefined) return void run.signal('resume');
  if (run.cancelling.has(id)) run.stop(id);
  else if (what === 'task') run.fail(id);
  else if (what === 'infra') run.lose(id);
  else run.complete(id, 'done');
}

function play(plan: Plan, happenings: Happenings, suggestEvery: number): QuickWorld {
  const run = new QuickWorld(plan, { continueSuggested: (events) => events > suggestEvery });
  for (const one of happenings) {
    if (run.closed !== null) return run;
    happen(run, one);
    checkOrder(run, plan);
  }
  for (let left = 0; run.closed === null && left < 2_000; left++) {
    happen(run, { pick: left, what: run.state.paused === null ? 'ok' : 'resume' });
    checkOrder(run, plan);
  }
  return run;
}

function checkOrder(run: QuickWorld, plan: Plan): void {
  const statusOf = (key: string) => run.state.steps[key]?.status ?? 'pending';
  const untouched = ['pending', 'skipped', 'cancelled'];
  for (const { key, dependencies } of plan.steps) {
    if (untouched.includes(statusOf(key))) continue;
    for (const parent of dependencies)
      expect(isSettled(statusOf(parent)), `${key} before ${parent}`).toBe(true);
  }
  const busy = plan.steps.filter(({ key }) => ['running', 'waiting'].includes(statusOf(key)));
  expect(busy.length).toBeLessThanOrEqual(plan.maxParallel);
  if (busy.some((one) => !one.parallel)) expect(busy).toHaveLength(1);
}

test('every run ends, in order, within its window, with every step settled once', () => {
  fc.assert(
    fc.property(plans, happeningsOf(HOW), fc.integer({ min: 30, max: 400 }), (plan, happenings, every) => {
      const run = play(plan, happenings, every);
      expect(run.closed).not.toBeNull();
      for (const one of plan.steps)
        expect(isSettled(run.state.steps[one.key]?.status ?? 'pending')).toBe(true);
      const settled = run.notes.filter((note) =>
        ['step_completed', 'step_failed', 'step_skipped', 'step_cancelled'].includes(note.type),
      );
      expect(settled).toHaveLength(plan.steps.length);
      const bad = plan.steps.some(
        (one) => run.state.steps[one.key]?.status === 'failed' && !isGood(run.state.steps[one.key]!),
      );
      expect(run.closed?.type).toBe(bad ? 'fail' : 'complete');
    }),
    cases(150),
  );
});

test('continuing as new changes nothing in what happens', () => {
  fc.assert(
    fc.property(plans, fc.array(fc.nat(), { maxLength: 80 }), (plan, picks) => {
      const happenings = picks.map((pick) => ({ pick, what: 'ok' as const }));
      const whole = play(plan, happenings, Number.POSITIVE_INFINITY);
      const parts = play(plan, happenings, 25);
      expect(parts.statuses()).toEqual(whole.statuses());
      expect(parts.closed).toEqual(whole.closed);
    }),
    cases(80),
  );
});
