/** Scopes in the core alone: windows, order, failure rules, sweeping, nesting, and the way to the next execution. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { itemOf, keyOf, parentOf } from '../../plan/address.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { planOf, step } from './testing/plans.ts';
import { ScopeWorld, sorted, times } from './testing/scope-world.ts';

// A busy machine may take long over ten thousand items.
vi.setConfig({ testTimeout: 120_000 });

const chain = [step('lint'), step('build', ['lint']), step('test', ['build'])];

/** Numbers that are the same in every run of the test. */
function* numbers(seed = 1): Generator<number, never> {
  for (let x = seed; ;) yield (x = (x * 48_271) % 2_147_483_647);
}

test('ten thousand items of three steps in a window of fifty', () => {
  const [items, window] = [10_000, 50];
  const each = times('each', items, chain, { window, failure: 'finish' });
  const world = new ScopeWorld(
    planOf([each, step('after', ['each'], { onError: { action: 'continue' } })]),
    3_000,
    20,
  );
  const random = numbers();
  const next = (most: number): number => random.next().value % most;
  const failures = new Set<string>();
  while (world.closed === null) {
    const ends = Array.from({ length: 1 + next(40) }, () => ({ pick: next(1_000), ok: next(20) > 0 }));
    world.end(ends);
  }
  for (const [address, status] of world.ends) if (status === 'failed') failures.add(parentOf(address) ?? '');
  failures.delete('');

  const all = Array.from({ length: items }, (_, i) => itemOf('each', i));
  expect(world.opened).toEqual(all);
  expect(sorted(world.ended)).toEqual(all);
  expect(new Set(world.started).size).toBe(world.started.length);
  expect(world.ends.size).toBe(items * 3 + 2);
  // With every failure in an item what depends on it is skipped, and nothing else.
  for (const item of all) {
    const ends = chain.map(({ key }) => world.ends.get(`${item}/${key}`));
    const good = ends.indexOf('failed') < 0 ? 3 : ends.indexOf('failed');
    expect(ends).toEqual(
      [...Array<string>(good).fill('completed'), 'failed', 'skipped', 'skipped'].slice(0, 3),
    );
  }
  expect(world.state.steps['each']?.tally).toEqual({
    begun: items,
    good: items - failures.size,
    bad: failures.size,
  });
  expect(failures.size).toBeGreaterThan(100);
  expect(world.executions).toBeGreaterThan(5);
  // As much as twice the window holds, however many items there are.
  expect(world.bytes).toBeLessThan(2 * window * 1_500);
});

interface Shape {
  readonly count: number;
  readonly window: number;
  readonly failure: 'fast' | 'finish';
  readonly maxParallel: number;
  readonly scheduling: 'ready' | 'level';
}

const plansWith = (...failures: readonly Shape['failure'][]) => {
  const shape: fc.Arbitrary<Shape> = fc.record({
    count: fc.integer({ min: 0, max: 6 }),
    window: fc.integer({ min: 1, max: 3 }),
    failure: fc.constantFrom(...failures),
    maxParallel: fc.integer({ min: 1, max: 4 }),
    scheduling: fc.constantFrom('ready', 'level'),
  });
  const shapes = { outer: shape, inner: shape, run: shape, alone: fc.boolean(), instant: fc.boolean() };
  return fc.record(shapes).map(({ outer, inner, run, alone, instant }) => {
    const { count: innerCount, ...innerPart } = inner;
    const leaf: PlanStep = instant
      ? step('leaf', [], { spec: { kind: 'transform', value: 1 } })
      : step('leaf', [], { parallel: !alone });
    const deep = times('deep', innerCount, [leaf, step('last', ['leaf'])], {
      ...innerPart,
      dependencies: ['first'],
    });
    const { count, ...part } = outer;
    const wide = times('wide', count, [step('first'), deep, step('beside')], part);
    const { count: _, window: __, ...options } = run;
    return planOf([wide, step('other'), step('after', ['wide'])], options);
  });
};
const happenings = fc.array(
  fc.record({
    ends: fc.array(
      fc.record({
        pick: fc.nat(100),
        ok: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
      }),
      { maxLength: 4 },
    ),
    cancel: fc.oneof({ weight: 60, arbitrary: fc.constant(false) }, fc.constant(true)),
  }),
  { maxLength: 150 },
);

test('scopes in scopes: every run ends, with every step settled once, and nothing left behind', () => {
  fc.assert(
    fc.property(
      plansWith('fast', 'finish'),
      happenings,
      fc.constantFrom(20, 60, 1_000_000),
      (plan, events, continueAfter) => {
        const world = new ScopeWorld(plan, continueAfter);
        for (const { ends, cancel } of events) {
          if (world.closed !== null) break;
          if (cancel && world.state.phase === 'running') world.cancel();
          else world.end(ends);
        }
        for (let i = 0; world.closed === null && i < 500; i++) world.end([{ pick: 0, ok: true }]);
        expect(world.closed).not.toBeNull();
        expect(new Set(world.started).size).toBe(world.started.length);
        expect(sorted(world.ended)).toEqual(sorted(world.opened));
        const stepsOf = (scope: string) =>
          keyOf(scope) === 'wide' ? ['first', 'deep', 'beside'] : ['leaf', 'last'];
        const expected = [
          ...plan.steps.map(({ key }) => key),
          ...world.opened.flatMap((scope) => stepsOf(scope).map((key) => `${scope}/${key}`)),
        ];
        expect(sorted(world.ends.keys())).toEqual(sorted(expected));
      },
    ),
    { numRuns: 150 },
  );
});

test('continuing as new changes nothing in what happens', () => {
  fc.assert(
    fc.property(plansWith('finish'), fc.array(fc.boolean(), { minLength: 5, maxLength: 40 }), (plan, oks) => {
      const outcome = (continueAfter: number) => {
        const world = new ScopeWorld(plan, continueAfter);
        // By id, so that what is open at the time does not matter.
        for (let i = 0; world.closed === null && i < 1_000; i++) {
          const ids = sorted(world.open.keys());
          const sum = Buffer.from(ids[0] ?? '').reduce((total, byte) => total + byte, 0);
          const pick = [...world.open.keys()].indexOf(ids[0] ?? '');
          world.end(ids.length === 0 ? [] : [{ pick, ok: oks[sum % oks.length] ?? true }]);
        }
        return [world.closed, sorted([...world.ends].map(([key, status]) => `${key} ${status}`))];
      };
      expect(outcome(30)).toEqual(outcome(1_000_000));
    }),
    { numRuns: 60 },
  );
});

test('what a step reads is found beside it, else around it', () => {
  const read = (name: string) => ({ root: 'steps', name, field: 'result', path: [] }) as const;
  const spec = { kind: 'command', argv: ['true'], cwd: null, env: {}, stdin: null } as const;
  const leaf = step('leaf', [], { spec, uses: [read('near'), read('first'), read('far')] });
  const deep = times('deep', 1, [step('near'), { ...leaf, dependencies: ['near'] }], {
    dependencies: ['first'],
  });
  const wide = times('wide', 1, [step('first'), deep, step('far', ['deep'])], { dependencies: ['far'] });
  const world = new ScopeWorld(planOf([step('far'), wide]));
  while (!world.started.includes('wide[0]/deep[0]/leaf#1')) world.end([{ pick: 0, ok: true }]);
  expect(world.open.get('wide[0]/deep[0]/leaf#1')?.input).toMatchObject({
    step: { key: 'wide[0]/deep[0]/leaf', attempt: 1 },
    idempotencyKey: 'run/0/wide[0]/deep[0]/leaf/1',
    values: {
      steps: {
        near: { result: { value: 'wide[0]/deep[0]/near#1' } },
        first: { result: { value: 'wide[0]/first#1' } },
        // Not the step beside `deep`, which stands nearer than the run's own of that name but has not run.
        far: { status: 'pending' },
      },
    },
  });
});

test('a failure of the run stops what runs inside its steps', () => {
  const world = new ScopeWorld(planOf([times('each', 9, chain, { window: 2 }), step('other')]));
  const other = [...world.open.keys()].indexOf('other#1');
  world.end([{ pick: other, ok: false }]);
  for (let i = 0; world.closed === null && i < 50; i++) {
    const [id = ''] = world.open.keys();
    world.task({ type: 'activity_cancelled', id, details: null });
  }
  expect(Object.fromEntries(world.ends)).toEqual({
    other: 'failed',
    each: 'cancelled',
    ...Object.fromEntries(
      [0, 1].flatMap((i) => [
        [`each[${i}]/lint`, 'cancelled'],
        [`each[${i}]/build`, 'skipped'],
        [`each[${i}]/test`, 'skipped'],
      ]),
    ),
  });
  expect(world.closed).toMatchObject({ type: 'fail', message: 'step "other" failed: no' });
});
