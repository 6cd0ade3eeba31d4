import { expect, test } from 'vitest';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';
import { upgrade } from '../run/carried.ts';
import { expression, planOf, retries, step, transform, when } from '../testing/plans.ts';
import { QuickWorld } from '../../../testing/world.ts';
import { knownVersion, since } from './versions.ts';

const plan = planOf([step('a'), step('b', ['a'])]);
const loaded = (interpreter: number) =>
  ({ type: 'activity_completed', id: 'plan', result: { plan, interpreter } }) as const;
/** Refused from version 2 on, taken before. */
const deep = JSON.parse('[{"content":'.repeat(300) + '1' + '}]'.repeat(300)) as unknown;

test('a change holds from its version on', () => {
  expect(since({ interpreter: 1 }, 'checked_forms')).toBe(false);
  expect(since({ interpreter: INTERPRETER_VERSION }, 'checked_forms')).toBe(true);
});

test('every version up to the newest is known, and no other', () => {
  for (let version = 1; version <= INTERPRETER_VERSION; version++)
    expect(knownVersion(version)).toBe(version);
  for (const [unknown, isNewer] of [
    [0, false],
    [INTERPRETER_VERSION + 1, true],
  ] as const)
    expect(() => knownVersion(unknown)).toThrow(
      expect.objectContaining({ name: 'UnknownInterpreterError', isNewer }),
    );
});

test.each([1, INTERPRETER_VERSION])(
  'a run of version %i keeps it, over continue-as-new and after its end',
  (version) => {
    const run = new QuickWorld(plan, { version, continueSuggested: (events) => events > 6 });
    run.complete('a');
    expect(run.chain.length).toBe(2);
    expect(run.state.interpreter).toBe(version);
    run.fail('b');
    run.continueRun({
      step: 'b',
      limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
      message: null,
      by: null,
    });
    expect(run.state.interpreter).toBe(version);
    expect(run.complete('b').closed).toMatchObject({ type: 'complete' });
  },
);

test('a run that an operator started gets the version that its plan’s loader names', () => {
  expect(new QuickWorld(null).task(loaded(1)).state.interpreter).toBe(1);
  expect(new QuickWorld(null).task(loaded(INTERPRETER_VERSION)).state.interpreter).toBe(INTERPRETER_VERSION);
  expect(() => new QuickWorld(null).task(loaded(999))).toThrow('interpreter version 999');
});

test('behaviour branches on the version of the run', () => {
  const receipt = (version: number) =>
    new QuickWorld(plan, { version }).signal('comment', deep).notes.find(({ type }) => type === 'command');
  expect(receipt(1)).toMatchObject({ reason: expect.stringContaining('expected an object') });
  expect(receipt(2)).toMatchObject({ reason: expect.stringContaining('200 deep') });
});

test('whole numbers stay what they are from version 2 on', () => {
  const id = 7615917337495251231n;
  const uses = [{ root: 'steps', name: 'a', field: 'result', path: ['id'] }] as const;
  const text = step('text', ['a'], { spec: transform({ $expr: 'string(steps.a.result.id)' }), uses });
  const given = { id: { type: 'any', required: true, description: null } } as const;
  const exact = { ...planOf([step('a'), text]), inputs: given };
  const results = (version: number) => {
    const run = new QuickWorld(exact, { version, inputs: { id } }).complete('a', { id });
    return [run.state.inputs['id'], run.state.steps['text']?.result?.value];
  };
  expect(results(1)).toEqual([Number(id), '7615917337495251000']);
  expect(results(2)).toEqual([id, String(id)]);
});

test('errors tell later steps, fallbacks and retries what their step told, from version 2 on', () => {
  const told = { exit_code: 3, stdout_tail: 'FAILED test_login', secret_member: 1 };
  const text = (source: string) => transform({ $expr: `default(${source}, "untold")` });
  const uses = [{ root: 'steps', name: 'a', field: 'error', path: [] }] as const;
  const retry = { ...retries(2), if: expression('default(error.exit_code, 0) == 3') };
  const fallback = { node: { $expr: 'default(error.exit_code, 0)' }, uses: [] };
  const plan = planOf([
    step('a', [], { retry, onError: { action: 'continue' } }),
    step('b', [], { onError: { action: 'fallback', value: fallback } }),
    step('c', ['a'], { spec: text('steps.a.error.stdout_tail'), uses, when: when('true', [], true) }),
  ]);
  const ends = (version: number) => {
    const run = new QuickWorld(plan, { version });
    run.fail('a', 'command_failed', { data: told }).fail('b', 'command_failed', { data: told });
    const { status } = run.state.steps['a'] ?? {};
    if (status === 'retrying') run.fireNext().fail('a', 'command_failed', { data: told });
    const { a, b, c } = run.state.steps;
    return { status, held: [a?.error?.data, b?.error?.data], results: [b?.result?.value, c?.result?.value] };
  };
  const held = { exit_code: 3, stdout_tail: 'FAILED test_login' };
  // What nobody reads is not carried along.
  expect(ends(2)).toEqual({ status: 'retrying', held: [held, undefined], results: [3, 'FAILED test_login'] });
  expect(ends(1)).toEqual({ status: 'failed', held: [undefined, undefined], results: [0, 'untold'] });
});

test('a state that was carried without what came later is taken forward', () => {
  const old = { phase: 'running', startedAt: 5, steps: {}, timerSeq: 3 };
  expect(upgrade(old)).toMatchObject({
    ...old,
    inbox: [],
    redirect: null,
    spent: { startedAt: 5, turns: 0 },
  });
  expect(upgrade({ ...old, messageSeq: 7 }).messageSeq).toBe(7);
});
