/** Scopes in the core alone: windows, order, failure rules, sweeping, nesting, and the way to the next execution. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import { itemOf, keyOf, parentOf } from '../../plan/address.ts';
import { readJson, writeJson } from '../../plan/exact-json.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { checkpointOf } from './index.ts';
import type { RunState } from './index.ts';
import { planOf, retries, step, transform } from './testing/plans.ts';
import { ScopeWorld, sorted, times } from './testing/scope-world.ts';

const chain = [step('lint'), step('build', ['lint']), step('test', ['build'])];

/** Numbers that are the same in every run of the test. */
function* numbers(seed = 1): Generator<number, never> {
  for (let x = seed; ;) yield (x = (x * 48_271) % 2_147_483_647);
}

test('ten thousand items of three steps in a window of fifty', () => {
  const [items, window] = [cases(10_000).numRuns, 50];
  const each = times('each', items, chain, { window, failure: 'finish' });
  const world = new ScopeWorld(
    planOf([each, step('after', ['each'], { onError: { action: 'continue' } })]),
    (items * 3) / 10,
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
  expect(failures.size).toBeGreaterThan(items / 100);
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
    cases(100),
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
    cases(40),
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

test('a scope yields what its last steps yield, or what it says', () => {
  const two = [step('a', [], { spec: transform('of a') }), step('b', [], { spec: transform('of b') })];
  const said = {
    kind: 'template',
    template: {
      node: { $expr: 'steps.b.result + "!"' },
      uses: [{ root: 'steps', name: 'b', field: 'result', path: [] }],
    },
  } as const;
  const outcome = (steps: readonly PlanStep[], options: Parameters<typeof times>[3] = {}) =>
    new ScopeWorld(planOf([times('each', 2, steps, options)])).closed;
  const output = (last: unknown) => ({ type: 'complete', output: { begun: 2, good: 2, last } });
  expect(outcome(two.slice(0, 1))).toEqual(output('of a'));
  expect(outcome(two)).toEqual(output({ a: 'of a', b: 'of b' }));
  expect(outcome(two, { outputs: said })).toEqual(output('of b!'));
});

test('a failure of the run stops what runs inside its steps, however deep', () => {
  const deep = times('deep', 9, [step('lint'), step('build', ['lint'])], { window: 1 });
  const world = new ScopeWorld(
    planOf([times('each', 9, [deep, step('beside')], { window: 2 }), step('other')]),
  );
  world.end([{ pick: [...world.open.keys()].indexOf('other#1'), ok: false }]);
  const items = [0, 1];
  expect([...world.stopping]).toEqual([
    ...items.map((i) => `each[${i}]/beside#1`),
    ...items.map((i) => `each[${i}]/deep[0]/lint#1`),
  ]);
  for (const id of world.stopping) world.task({ type: 'activity_cancelled', id, details: null });
  expect(Object.fromEntries(world.ends)).toEqual({
    other: 'failed',
    each: 'cancelled',
    ...Object.fromEntries(
      items.flatMap((i) => [
        [`each[${i}]/beside`, 'cancelled'],
        [`each[${i}]/deep`, 'cancelled'],
        [`each[${i}]/deep[0]/lint`, 'cancelled'],
        [`each[${i}]/deep[0]/build`, 'skipped'],
      ]),
    ),
  });
  expect(world.closed).toMatchObject({ type: 'fail', message: 'step "other" failed: no' });
});

test('a failing item stops the others, and those that rest before a further try', () => {
  const flaky = step('flaky', [], { retry: retries(2, 60_000) });
  const each = times('each', 9, [flaky, step('firm')], { window: 3, failure: 'fast' });
  const world = new ScopeWorld(planOf([each]));
  const at = (id: string): number => [...world.open.keys()].indexOf(id);
  world.end([{ pick: at('each[1]/flaky#1'), ok: false }]);
  expect(world.state.steps['each[1]/flaky']?.status).toBe('retrying');
  world.end([{ pick: at('each[0]/firm#1'), ok: false }]);
  // What was told to stop and ends well all the same has ended well.
  while (world.closed === null) world.end([{ pick: 0, ok: true }]);
  expect(world.timers.size).toBe(0);
  expect(world.opened).toEqual(['each[0]', 'each[1]', 'each[2]']);
  expect(world.ends.get('each[1]/flaky')).toBe('cancelled');
  expect(world.closed).toMatchObject({ type: 'fail', message: expect.stringContaining('of 3 failed') });
});

test('items that need no worker are worked off a window at a time', () => {
  const item = [step('one', [], { spec: transform(1) }), step('two', ['one'], { spec: transform(2) })];
  const world = new ScopeWorld(planOf([times('each', 200, item, { window: 10 })]));
  while (world.closed === null) world.end([]);
  expect(world.closed).toMatchObject({ type: 'complete' });
  expect(world.opened).toHaveLength(200);
  expect(world.tasks).toBe(20);
});

test('the run’s window holds for all that is open inside it, and a step that is to be alone is', () => {
  const alone = step('alone', [], { parallel: false });
  const each = times('each', 6, [step('a'), step('b')], { window: 4 });
  const world = new ScopeWorld(planOf([each, alone], { maxParallel: 3 }));
  let [most, isAlone] = [0, true];
  while (world.closed === null) {
    most = Math.max(most, world.open.size);
    isAlone &&= !world.open.has('alone#1') || world.open.size === 1;
    world.end([{ pick: 0, ok: true }]);
  }
  expect(isAlone).toBe(true);
  expect(most).toBe(3);
  expect(world.started.indexOf('alone#1')).toBe(12);
});

test('a run that was ended with scopes open begins them anew when it goes on', () => {
  const plan = planOf([step('first'), times('each', 3, chain, { window: 2, dependencies: ['first'] })]);
  const world = new ScopeWorld(plan);
  for (let i = 0; i < 3; i++) world.end([{ pick: 0, ok: true }]);
  const ended = readJson(writeJson(checkpointOf(world.state)));
  const wanted = { step: null, limits: { turns: null, tokens: null, costMicros: null, durationMs: null } };
  const envelope = {
    ...{ interpreter: INTERPRETER_VERSION, plan, epoch: 1, labels: {}, startedBy: null, carry: ended },
    ...{ base: { executionId: 'e', eventId: 1 }, continue: { ...wanted, message: null, by: null } },
  };
  const again = ScopeWorld.from(envelope);
  expect(Object.keys(ended as object)).toContain('scopes');
  expect(again.state.steps['first']?.status).toBe('completed');
  expect(again.state.steps['each']?.tally).toEqual({ begun: 2, good: 0, bad: 0 });
  expect(again.started).toEqual(['each[0]/lint#1', 'each[1]/lint#1']);
  while (again.closed === null) again.end([{ pick: 0, ok: true }]);
  expect(again.closed).toMatchObject({ type: 'complete' });
});

test.each<[string, (carry: RunState) => unknown, string]>([
  ['a scope of no step', (carry) => ({ 'none[0]': carry.scopes?.['each[0]'] }), 'belongs to no step'],
  ['a scope of another index', (carry) => ({ 'each[7]': carry.scopes?.['each[0]'] }), 'belongs to no step'],
  ['a scope too few', () => ({}), 'that the plan does not have'],
  ['a scope that is none', () => ({ 'each[0]': { index: -1 } }), 'carry.scopes.each[0]'],
])('%s is refused with the place', (_, scopesOf, message) => {
  const plan = planOf([times('each', 3, chain, { window: 1 })]);
  const world = new ScopeWorld(plan);
  const carry = readJson(writeJson(checkpointOf(world.state))) as unknown as RunState;
  const broken = { ...carry, scopes: scopesOf(carry) };
  const envelope = { interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: null };
  const refused = ScopeWorld.from({ ...envelope, carry: broken });
  expect(refused.closed).toMatchObject({ type: 'fail', message: expect.stringContaining(message) });
  expect(ScopeWorld.from({ ...envelope, carry }).closed).toBeNull();
});

test('a part of a plan that is malformed is refused with the place', () => {
  const plan = planOf([times('each', 3, [step('a'), step('b', ['c'])])]);
  const envelope = { interpreter: INTERPRETER_VERSION, plan, epoch: 0, labels: {}, startedBy: null };
  expect(ScopeWorld.from(envelope).closed).toMatchObject({
    message: expect.stringContaining('plan.steps.0.body.steps.1.dependencies: no step "c" before it'),
  });
});

test('commands on single steps reach those of one item, and what reads them is sought there', () => {
  const uses = [{ root: 'steps', name: 'lint', field: 'result', path: [] }] as const;
  const each = times('each', 2, [step('lint'), step('build', ['lint'], { uses })], { failure: 'finish' });
  const world = new ScopeWorld(planOf([each]));
  const say = (name: string, target: string, value?: string) =>
    world.task({ type: 'signal', name, payload: { target, ...(value === undefined ? {} : { value }) } });
  const resultOf = (address: string) => world.state.steps[address]?.result?.value;
  say('hold', 'each[1]/build');
  world.end([
    { pick: 0, ok: true },
    { pick: 1, ok: true },
  ]);
  expect([...world.open.keys()]).toEqual(['each[0]/build#1']);
  const before = resultOf('each[0]/lint');
  say('override', 'each[0]/lint', 'too late');
  expect(resultOf('each[0]/lint')).toEqual(before);
  say('override', 'each[1]/lint', 'mine');
  say('release', 'each[1]/build');
  expect(world.open.get('each[1]/build#1')?.input).toMatchObject({
    values: { steps: { lint: { result: { value: 'mine' } } } },
  });
  say('skip', 'each');
  expect(world.state.steps['each']?.status).toBe('running');
});
