/** Random plans in a random world against what must hold for every run. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { isGood, isSettled } from './kernel/state.ts';
import { planOf, retries, step, transform, when } from './testing/plans.ts';
import { Simulator } from './testing/simulator.ts';

// A busy machine may take long over so many worlds.
vi.setConfig({ testTimeout: 60_000 });

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

/** One random happening: which open activity ends, and how. */
const happening = fc.record({
  pick: fc.nat(),
  how: fc.constantFrom('ok', 'ok', 'ok', 'task', 'infra', 'timer', 'pause', 'now', 'resume', 'garbage'),
});

function happen(run: Simulator, { pick, how }: { pick: number; how: string }): void {
  if (how === 'pause') return void run.signal('pause', { timeout_ms: 0 });
  if (how === 'now') return void run.signal('pause', { mode: 'now', timeout_ms: 0 });
  if (how === 'resume') return void run.signal('resume');
  if (how === 'garbage') return void run.signal('pause', ['?']);
  if ((how === 'timer' || run.open.size === 0) && run.timers.size > 0) return void run.fireNext();
  const id = [...run.open.keys()][pick % Math.max(1, run.open.size)];
  if (id === undefined) return void run.signal('resume');
  const key = id.split('#')[0] ?? '';
  if (run.cancelling.has(id)) run.stopped(key);
  else if (how === 'task') run.fail(key);
  else if (how === 'infra') run.lose(key);
  else run.complete(key);
}

function play(
  plan: Plan,
  happenings: readonly { pick: number; how: string }[],
  suggestEvery: number,
): Simulator {
  const run = new Simulator(plan, { continueSuggested: (events) => events > suggestEvery });
  for (const one of happenings) {
    if (run.closed !== null) return run;
    happen(run, one);
    checkOrder(run, plan);
  }
  for (let left = 0; run.closed === null && left < 2_000; left++) {
    happen(run, run.state.paused === null ? { pick: left, how: 'ok' } : { pick: 0, how: 'resume' });
    checkOrder(run, plan);
  }
  return run;
}

function checkOrder(run: Simulator, plan: Plan): void {
  for (const one of plan.steps) {
    const state = run.state.steps[one.key];
    if (
      state === undefined ||
      state.status === 'pending' ||
      state.status === 'skipped' ||
      state.status === 'cancelled'
    )
      continue;
    for (const parent of one.dependencies) {
      expect(isSettled(run.state.steps[parent]?.status ?? 'pending'), `${one.key} before ${parent}`).toBe(
        true,
      );
    }
  }
  const busy = plan.steps.filter((one) =>
    ['running', 'waiting'].includes(run.state.steps[one.key]?.status ?? ''),
  );
  expect(busy.length).toBeLessThanOrEqual(plan.maxParallel);
  if (busy.some((one) => !one.parallel)) expect(busy).toHaveLength(1);
}

test('every run ends, in order, within its window, with every step settled once', () => {
  fc.assert(
    fc.property(
      plans,
      fc.array(happening, { maxLength: 60 }),
      fc.integer({ min: 30, max: 400 }),
      (plan, happenings, every) => {
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
      },
    ),
    cases(400),
  );
});

test('continuing as new changes nothing in what happens', () => {
  fc.assert(
    fc.property(plans, fc.array(fc.nat(), { maxLength: 80 }), (plan, picks) => {
      const happenings = picks.map((pick) => ({ pick, how: 'ok' }));
      const whole = play(plan, happenings, Number.POSITIVE_INFINITY);
      const parts = play(plan, happenings, 25);
      expect(parts.statuses()).toEqual(whole.statuses());
      expect(parts.closed).toEqual(whole.closed);
    }),
    cases(200),
  );
});
