import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../test/support/cases.ts';
import { ask, planOf, step, transform, when } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

describe('scheduling', () => {
  test('a chain goes one by one and ends with the last result', () => {
    const run = new QuickWorld(planOf([step('a'), step('b', ['a'])]));
    expect(run.openKeys).toEqual(['a']);
    expect(run.complete('a').openKeys).toEqual(['b']);
    run.complete('b', 'done');
    expect(run.closed).toEqual({ type: 'complete', output: 'done' });
  });

  test('independent steps start together; several ends give a map', () => {
    const run = new QuickWorld(planOf([step('a'), step('b'), step('c')]));
    expect(run.openKeys).toEqual(['a', 'b', 'c']);
    run.complete('b', 2).complete('a', 1).complete('c', 3);
    expect(run.closed).toEqual({ type: 'complete', output: { a: 1, b: 2, c: 3 } });
  });

  test('the window bounds what is open', () => {
    const run = new QuickWorld(planOf([step('a'), step('b'), step('c')], { maxParallel: 2 }));
    expect(run.openKeys).toEqual(['a', 'b']);
    expect(run.complete('a').openKeys).toEqual(['b', 'c']);
  });

  test('parallel: false runs alone and is not starved', () => {
    const run = new QuickWorld(planOf([step('a'), step('alone', [], { parallel: false }), step('z')]));
    expect(run.openKeys).toEqual(['a']);
    expect(run.complete('a').openKeys).toEqual(['alone']);
    expect(run.complete('alone').openKeys).toEqual(['z']);
  });

  test('level scheduling waits for the whole level', () => {
    const steps = [step('a'), step('b'), step('a2', ['a'])];
    const ready = new QuickWorld(planOf(steps)).complete('a');
    const level = new QuickWorld(planOf(steps, { scheduling: 'level' })).complete('a');
    expect(ready.openKeys).toEqual(['a2', 'b']);
    expect(level.openKeys).toEqual(['b']);
    expect(level.complete('b').openKeys).toEqual(['a2']);
  });

  test('activities are named after their steps', () => {
    const run = new QuickWorld(planOf([step('a', [], { capability: 'gpu', title: 'Train' })]));
    expect(run.scheduled[0]).toMatchObject({
      id: 'a#1',
      activity: 'command',
      queue: 'gpu',
      summary: 'Train',
    });
    expect(run.inputOf('a').idempotencyKey).toBe('run-1/0/a/1');
  });

  test('a transform is evaluated in the workflow and readies the next in the same task', () => {
    const double = {
      node: { $expr: 'steps["a"].result * 2' },
      uses: [{ root: 'steps', name: 'a', field: 'result', path: [] }],
    } as const;
    const run = new QuickWorld(
      planOf([
        step('a'),
        step('t', ['a'], { spec: transform(double.node), uses: double.uses }),
        step('z', ['t']),
      ]),
    );
    expect(run.complete('a', 21).openKeys).toEqual(['z']);
    expect(run.state.steps['t']?.result?.value).toBe(42);
  });

  test('a transform over a stored result becomes an activity with a reference', () => {
    const uses = [{ root: 'steps', name: 'a', field: 'result', path: [] }] as const;
    const spec = transform({ $expr: 'size(steps["a"].result)' });
    const run = new QuickWorld(planOf([step('a'), step('t', ['a'], { spec, uses })]));
    const ref = { $blob: 'f00', bytes: 5_000_000 };
    run.task({
      type: 'activity_completed',
      id: 'a#1',
      result: { result: { ref, bytes: 5_000_000, preview: '…' } },
    });
    expect(run.inputOf('t').values.steps['a']).toEqual({ status: 'completed', result: { ref } });
  });

  describe('what transforms make', () => {
    const text = (bytes: number) => transform('x'.repeat(bytes - 2));
    const wide = (count: number, bytes: number) =>
      planOf(Array.from({ length: count }, (_, i) => step(`t${i}`, [], { spec: text(bytes) })));
    const here = ({ state }: QuickWorld) =>
      Object.values(state.steps).filter(({ result }) => result !== undefined).length;

    test('stands in the state while it is little; then an activity makes and stores it', () => {
      const run = new QuickWorld(wide(10, 50_000));
      expect(here(run)).toBe(7);
      expect(run.openKeys).toEqual(['t7', 't8', 't9']);
      expect(run.scheduled[0]).toMatchObject({ activity: 'transform', input: { step: { key: 't7' } } });
    });

    test('is counted with what people are asked', () => {
      const asks = Array.from({ length: 10 }, (_, i) =>
        step(`q${i}`, [], { spec: ask({ prompt: 'x'.repeat(50_000) }) }),
      );
      const run = new QuickWorld(planOf(asks));
      expect(Object.keys(run.state.questions)).toHaveLength(7);
      expect(run.openKeys).toEqual(['q7', 'q8', 'q9']);
    });

    test('may always stand there when it is small', () => {
      const run = new QuickWorld(wide(1_500, 256));
      expect(run.closed).toBeNull();
      expect([here(run), run.openKeys]).toEqual([1_500, ['$outputs']]);
    });

    test('of a run before version 4 stands there whatever it is: a run that it holds up ends with the reason', () => {
      const run = new QuickWorld(wide(50, 50_000), { version: 3 });
      expect(here(run)).toBe(50);
      expect(run.closed).toMatchObject({
        type: 'fail',
        message: expect.stringMatching(/^outputs: the values have 25\d{5} bytes, and at most 2097152 reach/),
      });
    });

    test('of a run before version 4 is no state to begin an execution with: the run goes on in its own', () => {
      const uses = [{ root: 'inputs', name: 'text', path: [] }] as const;
      const make = (i: number) => step(`t${i}`, [], { uses, spec: transform({ $expr: 'inputs.text' }) });
      const steps = [step('a'), ...Array.from({ length: 50 }, (_, i) => make(i)), step('b', ['a'])];
      const inputs = { text: 'x'.repeat(50_000) };
      let isSuggested = false;
      const plan = planOf(steps, { inputs: { text: { type: 'string', required: true, description: null } } });
      const run: QuickWorld = new QuickWorld(plan, {
        ...{ version: 3, inputs },
        continueSuggested: () => isSuggested && run.chain.length === 1,
      });
      while (here(run) < 50) run.fireNext();
      isSuggested = true;
      run.complete('a');
      expect(run.chain).toHaveLength(1);
      expect(run.openKeys).toEqual(['b']);
    });
  });

  test.runIf(isWhole)('many large inputs are spread over several tasks', () => {
    const uses = [{ root: 'inputs', name: 'text', path: [] }] as const;
    const steps = Array.from({ length: 10 }, (_, i) => step(`s${i}`, [], { uses }));
    const inputs = { text: 'x'.repeat(400_000) };
    const plan = planOf(steps, { inputs: { text: { type: 'string', required: true, description: null } } });
    const run = new QuickWorld(plan, { inputs });
    expect(run.open.size).toBe(3);
    run.fireNext();
    expect(run.open.size).toBe(6);
  });

  test('a wait is a timer', () => {
    const run = new QuickWorld(
      planOf([step('w', [], { spec: { kind: 'wait', duration: '10s' } }), step('z', ['w'])]),
    );
    expect(run.statuses()).toEqual({ w: 'waiting', z: 'pending' });
    run.fireNext();
    expect(run.openKeys).toEqual(['z']);
    expect(run.now).toBe(1_010_000);
  });
});

describe('conditions', () => {
  const failing = (condition: string) =>
    new QuickWorld(planOf([step('a'), step('b', ['a'], { when: when(condition) })], { failure: 'finish' }));

  test('false skips, and what depends on it is skipped too', () => {
    const skipping = step('b', ['a'], { when: when('status.succeeded && (1 > 2)', [], false) });
    const run = new QuickWorld(planOf([step('a'), skipping, step('c', ['b'])])).complete('a');
    expect(run.statuses()).toEqual({ a: 'completed', b: 'skipped', c: 'skipped' });
    expect(run.notes).toContainEqual({
      type: 'step_skipped',
      step: 'c',
      reason: 'dependency "b" skipped',
      cause: null,
    });
  });

  test.each([
    ['status.always', ['b']],
    ['status.failed', ['b']],
    ['status.succeeded', []],
  ])('after a failed dependency, %s', (condition, open) => {
    expect(failing(condition).fail('a').openKeys).toEqual(open);
  });

  test('a condition that cannot be evaluated fails the step', () => {
    const broken = step('b', ['a'], { when: when('inputs.nowhere == 1 && status.succeeded') });
    const run = new QuickWorld(planOf([step('a'), broken])).complete('a');
    expect(run.state.steps['b']).toMatchObject({ status: 'failed', error: { type: 'value_missing' } });
    expect(run.closed).toMatchObject({ type: 'fail', reason: 'failed' });
  });

  test('a condition reads a kept part of a stored result', () => {
    const uses = [{ root: 'steps', name: 'a', field: 'result', path: ['verdict'] }] as const;
    const judge = step('b', ['a'], {
      when: when('status.succeeded && (steps["a"].result.verdict == "bad")', uses, false),
    });
    const run = new QuickWorld(planOf([step('a', [], { keep: [['verdict']] }), judge]));
    const result = {
      ref: { $blob: 'f00', bytes: 99_999 },
      bytes: 99_999,
      preview: '',
      kept: { '["verdict"]': 'bad' },
    };
    run.task({ type: 'activity_completed', id: 'a#1', result: { result } });
    expect(run.openKeys).toEqual(['b']);
  });
});
