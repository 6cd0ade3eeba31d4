/** Whatever stands in a workflow's arguments: the run goes on or fails with a reason, and its task never throws. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Json, JsonObject, Path } from '../../plan/json.ts';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { advance, begin, checkpointOf } from './index.ts';
import type { Start } from './index.ts';
import { answerTurn } from '../../testing/agents.ts';
import { call } from '../../testing/answers.ts';
import { agent, planOf, retries, step, transform, when } from './testing/plans.ts';
import { PATIENCE_MS, worlds } from '../../testing/chance.ts';
import { QuickWorld } from '../../testing/world.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });

const PLAN = planOf(
  [
    step('a', [], { retry: retries(2), keep: [['x', 0]] }),
    step('think', [], { spec: agent({ approve: ['write_file'] }) }),
    step('t', ['a'], { spec: transform({ $expr: '1 + 1' }), when: when('status.always') }),
    step('w', ['t'], { spec: { kind: 'wait', duration: '1s' } }),
    step('z', ['a', 'think', 'w']),
  ],
  { agents: { code: { purpose: 'p', system: 's', mcp: {} } }, timeoutMs: 60_000 },
);

const jsonOf = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const plain = (version: number) =>
  jsonOf({ interpreter: version, plan: PLAN, epoch: 0, labels: { team: 'x' }, startedBy: 'ann' });

/** An agent asks, a message waits, a step retries: much of a state stands in the carry. */
function carried(version: number): JsonObject {
  const run = new QuickWorld(PLAN, { version });
  answerTurn(run, 'think', [call('write_file', { path: 'a' }), call('read_file', { path: 'b' })]);
  run.signal('instruction', { id: 'm1', content: 'look', target: 'think' }).fail('a');
  return jsonOf({ ...plain(version), carry: checkpointOf(run.state) });
}

function continued(version: number): JsonObject {
  const limits = { turns: 5, tokens: null, costMicros: null, durationMs: null };
  return jsonOf({
    ...carried(version),
    epoch: 1,
    base: { executionId: 'e', eventId: 9 },
    continue: { step: 'think', limits, message: 'go on', by: 'bob' },
  });
}

function redirected(version: number): JsonObject {
  const run = new QuickWorld(PLAN, { version }).complete('a');
  run.signal('redirect', { id: 'r1', task: 'else', skip_to: 'think' }).stop('think');
  const [started] = run.startedRuns;
  if (started === undefined) throw new Error('it was not redirected');
  return jsonOf(started.args[1]);
}

function placesIn(value: Json, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]))];
}

/** A copy with something else at a place; undefined takes the member away. */
function put(value: Json, [name, ...rest]: Path, junk: Json | undefined): Json | undefined {
  if (name === undefined) return junk;
  const members = Object.entries(value as JsonObject).flatMap(([key, member]) => {
    const next = key === String(name) ? put(member, rest, junk) : member;
    return next === undefined ? [] : [[key, next] as const];
  });
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

const nestedIn = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as Json;
/** Too deep for the core, and not for the tools of this test. */
const nested = nestedIn(500);
const JUNK: readonly (Json | undefined)[] = [
  ...[undefined, null, true, -1, 0.5, 1e300, '', 'x', '__proto__', 'z', nested],
  ...[[], {}, [null], [{}], { a: 1 }, { length: 3 }],
];

/** Lets everything end that is under way, for a while. */
function drive(run: QuickWorld): void {
  for (let i = 0; i < 60 && run.closed === null; i++) {
    const [open] = [...run.open.keys()];
    const result = { result: { value: 1, bytes: 1, preview: '1' } };
    if (open !== undefined) run.task({ type: 'activity_completed', id: open, result });
    else if (run.timers.size > 0) run.fireNext();
    else run.signal('resume').signal('answer', { decision: 'reject', answer: 1 }).signal('cancel');
  }
}

const FORMS = { plain, carried, continued, redirected };

describe.each(Object.entries(FORMS))('a %s envelope', (_, formOf) => {
  test('that is whole is taken', () => {
    for (const version of [1, INTERPRETER_VERSION]) {
      const run = new QuickWorld(null, { args: [{}, formOf(version)] });
      expect(run.closed).toBeNull();
      drive(run);
      expect(run.closed).not.toBeNull();
    }
  });

  test.each([1, INTERPRETER_VERSION])('of version %i with anything anywhere ends well', (version) => {
    const whole = formOf(version);
    const unchecked = version === 1;
    const junks = version > 1 ? JUNK : JUNK.filter((junk) => junk !== '__proto__');
    const places = placesIn(whole).filter(([name]) => name !== 'interpreter');
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...junks), (place, junk) => {
        const run = new QuickWorld(null, { args: [{}, put(whole, place, junk)], unchecked });
        drive(run);
        // Runs of the first version are not checked before something throws: they may wait for what never comes.
        expect(version === 1 || run.closed !== null).toBe(true);
      }),
      worlds(200),
    );
  });
});

test.each([
  [['plan', 'steps', 0, 'dependencies'], null, 'plan.steps.0.dependencies'],
  [['plan', 'steps', 4, 'dependencies'], ['nobody'], 'no step "nobody" before it'],
  [['plan', 'steps', 1, 'key'], 'a', '"a" stands twice'],
  [['labels', 'team'], 7, 'labels.team'],
  [['carry', 'steps'], 5, 'carry.steps'],
  [['carry', 'steps', 'z'], undefined, 'carry.steps: "z" is missing'],
  [['continue', 'step'], 'y', 'there is no step "y"'],
] as const)('a fault at %j is named', (place, junk, named) => {
  const { closed } = new QuickWorld(null, { args: [{}, put(continued(INTERPRETER_VERSION), place, junk)] });
  expect(closed).toMatchObject({ type: 'fail', reason: 'inputs_invalid' });
  expect(closed).toHaveProperty('message', expect.stringContaining(named));
});

test('inputs too deep for any recursion fail the run, by hand and through Baton', () => {
  const at = { now: 0, historyLength: 3, continueSuggested: false };
  const start = { runId: 'r', workflow: 'w', firstExecutionId: 'f', inputs: { x: nestedIn(100_000) } };
  const closing = {
    type: 'fail',
    message: expect.stringContaining('inputs: lists and maps stand more than'),
  };
  const started = begin({ ...start, envelope: plain(INTERPRETER_VERSION) }, at);
  expect(started.actions).toMatchObject([closing]);
  const result = { plan: PLAN, interpreter: INTERPRETER_VERSION };
  const loading = begin({ ...start, envelope: undefined }, at).state;
  const loaded = advance(loading, [{ type: 'activity_completed', id: 'plan', result }], at);
  expect(loaded.actions).toMatchObject([closing]);
});

test('a stored plan that is none fails the run that an operator started', () => {
  for (const plan of [null, 7, {}, { ...PLAN, steps: [{}] }]) {
    const run = new QuickWorld(null);
    run.task({ type: 'activity_completed', id: 'plan', result: { plan, interpreter: INTERPRETER_VERSION } });
    expect(run.closed).toMatchObject({ type: 'fail', reason: 'definition_not_found' });
  }
});

test('whatever somebody answers for an activity, or sends as a signal, the run goes on', () => {
  const junk = fc.constantFrom(
    ...JUNK,
    { result: nested },
    { result: { value: 1, bytes: 'x', preview: '' } },
    { session: { id: 's' }, head: 'h', calls: [null, 5] },
    { session: { id: 's' }, head: 'h', calls: [{ id: 1, name: 2, input: {}, preview: 3 }] },
    { session: { id: 's' }, head: 'h', calls: [], result: { bytes: 1, preview: '', value: nested } },
  );
  const happening = fc.record({ pick: fc.nat(), value: junk, how: fc.constantFrom('ok', 'no', 'signal') });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      const run = new QuickWorld(PLAN);
      for (const { pick, value, how } of happenings) {
        if (run.closed !== null) break;
        const id = [...run.open.keys()][pick % Math.max(1, run.open.size)];
        const name = ['pause', 'resume', 'instruction', 'answer', 'messages', 'x'][pick % 6] ?? '';
        if (how === 'signal' || id === undefined) run.signal(name, value);
        else if (how === 'ok') run.task({ type: 'activity_completed', id, result: value });
        else {
          const failure = { kind: 'application', type: 'unknown', message: 'no', details: value } as const;
          run.task({ type: 'activity_failed', id, failure });
        }
      }
      drive(run);
      expect(run.closed).not.toBeNull();
    }),
    worlds(250),
  );
});

test('an envelope that no version could have made is refused', () => {
  const start = (envelope: unknown): Start => ({
    ...{ runId: 'r', workflow: 'w', firstExecutionId: 'f', inputs: {}, envelope },
  });
  const at = { now: 0, historyLength: 3, continueSuggested: false };
  for (const interpreter of [0, -1, 1.5, '2', null, {}]) {
    const { actions } = begin(start({ ...plain(2), interpreter }), at);
    expect(actions).toMatchObject([{ type: 'fail', reason: 'inputs_invalid' }]);
  }
});
