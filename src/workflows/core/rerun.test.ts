/** Steps that run anew while their run goes on: what counts no more, what stays, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import type { ToolActivityInput, TurnInput } from '../../protocol/agent.ts';
import { call, turn } from '../../testing/answers.ts';
import { answerOf, happeningsOf, pickOf } from '../../testing/chance.ts';
import type { Happening } from '../../testing/chance.ts';
import { tablesOf } from '../../testing/histories.ts';
import type { QuickWorld } from '../../testing/world.ts';
import type { ScheduleAction } from './index.ts';
import { agent, ask, planOf, retries, step, transform, when } from './testing/plans.ts';
import { done, moves, no, quick, rowOf, tell } from './testing/single-steps.ts';

let serial = 0;

/** A plan of these steps, as a compiler gives each a hash of its own. */
const edited = (steps: readonly PlanStep[], options: Partial<Omit<Plan, 'steps'>> = {}): Plan =>
  planOf(steps, { failure: 'finish', hash: `sha256:anew-${++serial}`, ...options });

/** What the run answers. */
const rerun = (world: QuickWorld, steps: readonly string[], more: object = {}) =>
  tell(world, 'edit', { by: 'ann', reason: 'once more', rerun: steps, ...more });

const CHAIN = [step('a'), step('b', ['a']), step('c', ['b']), step('side')];
const chain = () => quick(planOf(CHAIN, { failure: 'finish' }));

const keyOf = (world: QuickWorld, step: string) => world.inputOf(step).idempotencyKey;

test('a finished step and what depends on it run anew, under numbers and keys of their own', () => {
  const world = chain();
  world.complete('a', 'one').complete('b').complete('c');
  const before = keyOf(world, 'b');
  expect(rerun(world, ['a'])).toMatchObject(done);
  expect(world.notes.find(({ type }) => type === 'plan_edited')).toMatchObject({
    ...{ revision: 1, by: 'ann', reason: 'once more', hash: 'sha256:test' },
    rerun: { named: ['a'], again: ['a', 'b', 'c'] },
  });
  expect(world.openKeys).toEqual(['a', 'side']);
  expect(world.idOf('a')).toBe('a#2');
  expect(keyOf(world, 'a')).toBe('run-1/0/a/r1/1');
  world.complete('a', 'two');
  expect(world.inputOf('b')).toMatchObject({ step: { attempt: 2, group: 1 } });
  expect(keyOf(world, 'b')).not.toBe(before);
  world.complete('b').complete('c').complete('side');
  expect(world.closed).toMatchObject({ type: 'complete' });
  expect(world.state.steps['a']).toMatchObject({
    result: { value: 'two' },
    attempt: 2,
    anew: { attempt: 1 },
  });
});

test('what it was stays on record, its attempts stay, and each movement says by what it came', () => {
  const world = chain();
  tell(world, 'hold', { target: 'c' });
  world.complete('a', 'one').complete('b');
  rerun(world, ['a']);
  expect(rowOf(world, 'b')).toMatchObject({
    status: 'pending',
    attempt: 0,
    output: null,
    completed_at: null,
  });
  expect(moves(world, 'b').at(-1)?.data).toMatchObject({
    ...{ from: 'completed', to: 'pending', rerun: true, by: 'ann', reason: 'once more' },
    was: { status: 'completed', output: 'b done' },
  });
  const told = moves(world, 'a').findLast(({ data }) => data['rerun'] === true);
  expect(moves(world, 'a').at(-1)).toMatchObject({ attempt: 2, caused_by: told?.seq });
  world.complete('a', 'two');
  const settled = moves(world, 'a').at(-1);
  expect(moves(world, 'b').at(-1)).toMatchObject({ attempt: 2, caused_by: settled?.seq });
  expect(Object.keys(world.tables().attempts).map((id) => id.replace(/^.*\/|^\d+ /, ''))).toEqual(
    expect.arrayContaining(['a#1', 'a#2', 'b#1', 'b#2', 'side#1']),
  );
  expect(
    world.tables().events.find(({ type, data }) => type === 'plan' && data['revision'] === 1)?.data,
  ).toMatchObject({ rerun: ['a'], runs_again: ['a', 'b'] });
});

test('an edit may change a step that has ended, where it runs anew', () => {
  const world = chain();
  world.complete('a').complete('b').complete('c');
  const plan = edited([
    step('a'),
    step('b', ['a'], { title: 'Other' }),
    step('d', ['b']),
    step('c', ['d']),
    step('side'),
  ]);
  expect(tell(world, 'edit', { plan: json(plan) })).toMatchObject(
    no('step_started', '"b" cannot change (title)'),
  );
  expect(rerun(world, ['b'], { plan: json(plan) })).toMatchObject(done);
  expect(world.openKeys).toEqual(['b', 'side']);
  expect(world.inputOf('b').step).toMatchObject({ title: 'Other', attempt: 2 });
  world.complete('b').complete('d');
  expect(world.idOf('c')).toBe('c#2');
});

test('a run that had a step run anew ends as one in which it ran once', () => {
  const steps = [
    step('a'),
    step('b', ['a'], { spec: transform({ $expr: 'steps.a.result + "!"' }), uses: [read('a')] }),
    step('c', ['b'], { when: when('steps.b.result != "one!"', [read('b')]) }),
  ];
  const play = (answers: readonly string[]) => {
    const world = quick(planOf([...steps, step('last', ['c']), step('side')], { failure: 'finish' }));
    for (const [at, answer] of answers.entries()) {
      if (at > 0) rerun(world, ['a']);
      world.complete('a', answer);
    }
    world.complete('c').complete('last').complete('side');
    return world;
  };
  const [once, twice] = [play(['two']), play(['one', 'two'])];
  expect(twice.closed).toEqual(once.closed);
  expect(twice.statuses()).toEqual(once.statuses());
  expect(rowOf(twice, 'b')).toMatchObject({ output: 'two!', attempt: 2 });
});

const read = (name: string) => ({ root: 'steps', name, field: 'result', path: [] }) as const;
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('what is refused, with the step and the reason', () => {
  test('what is at work, waits for people, or waits for its time', () => {
    const plan = planOf([
      step('a'),
      step('b', ['a']),
      step('q', ['a'], { spec: ask() }),
      step('w', ['a'], { spec: { kind: 'wait', duration: '1h' } }),
    ]);
    const world = quick(plan);
    world.complete('a');
    const before = world.state;
    const refusal = rerun(world, ['a']);
    expect(refusal).toMatchObject(
      no('step_started', 'step "b" cannot run anew: it is running; wait for its end'),
    );
    expect(refusal).toMatchObject(
      no('step_started', '"q" cannot run anew: it is waiting; answer what it asks'),
    );
    expect(refusal).toMatchObject(no('step_started', 'step "w"'));
    const { seen: _, ...rest } = before;
    expect(world.state).toMatchObject(rest);
    expect(rerun(world, ['q'])).toMatchObject(no('step_started', 'step "q"'));
  });

  test('what is no step, or has not begun; and no list of names', () => {
    const world = chain();
    expect(rerun(world, ['none'])).toMatchObject(no('not_rerunnable', 'there is no step "none" in the plan'));
    expect(rerun(world, ['b'])).toMatchObject(no('not_rerunnable', 'step "b" has not begun: it runs anyway'));
    expect(rerun(world, [])).toMatchObject(no('malformed', '"plan" is missing'));
    for (const wrong of ['a', [1], [''], ['x'.repeat(300)], Array.from({ length: 2_001 }, () => 'a')])
      expect(rerun(world, wrong as string[])).toMatchObject(no('malformed', '"rerun" must be a list'));
    expect(rerun(world, ['a'], { revision: 4 })).toMatchObject(no('stale_revision', 'made of revision 4'));
  });

  test('what a person has decided, unless it is named', () => {
    const world = chain();
    tell(world, 'hold', { target: 'c' });
    world.complete('a').complete('b');
    tell(world, 'override', { target: 'b', value: 'by hand' });
    expect(rerun(world, ['a'])).toMatchObject(no('step_decided', 'step "b" ended so by a person'));
    expect(rerun(world, ['a', 'b'])).toMatchObject(done);
    expect(world.state.steps['b']).toMatchObject({ status: 'pending', anew: { attempt: 1 } });
    expect(world.state.steps['b']).not.toHaveProperty('decided');
  });

  test('anything of a run that fails fast, is being cancelled, or is of an older version', () => {
    const failing = quick(planOf([step('a'), step('b'), step('c', ['a'])]));
    failing.complete('a').fail('b');
    expect(rerun(failing, ['a'])).toMatchObject(no('not_rerunnable', 'the run is ending: step "b" failed'));
    const cancelled = chain();
    cancelled.complete('a');
    cancelled.signal('cancel');
    expect(rerun(cancelled, ['a'])).toMatchObject(no('refused', 'being stopped'));
    const old = quick(planOf(CHAIN), { version: 2 });
    expect(rerun(old, ['a'])).toMatchObject(no('malformed', 'unknown signal "edit"'));
  });

  test('to take a step out that has run, or to put another in its place', () => {
    const world = chain();
    world.complete('a').complete('b').complete('c');
    tell(world, 'hold', { target: 'side' });
    const plan = edited([step('a'), step('b', ['a']), step('side')]);
    expect(rerun(world, ['a'], { plan: json(plan) })).toMatchObject(
      no('step_started', '"c" cannot be taken out'),
    );
    rerun(world, ['a']);
    expect(tell(world, 'edit', { plan: json(plan) })).toMatchObject(
      no('step_started', 'step "c" cannot be taken out: it has run before'),
    );
  });
});

test('a failed step runs anew while another branch goes on, and its failure is none any more', () => {
  const world = chain();
  world.complete('a').fail('b');
  expect(world.statuses()).toMatchObject({ b: 'failed', c: 'skipped' });
  expect(rerun(world, ['b'])).toMatchObject(done);
  expect(world.state.failure).toBeNull();
  world.complete('b').complete('c').complete('side');
  expect(world.closed).toMatchObject({ type: 'complete' });
});

test('a step between two tries begins anew with all of its tries, and still held where it was', () => {
  const world = quick(planOf([step('a', [], { retry: retries(2) }), step('side')], { failure: 'finish' }));
  world.fail('a');
  expect(world.timers.size).toBe(1);
  expect(rerun(world, ['a'])).toMatchObject(done);
  expect(world.timers.size).toBe(0);
  expect(world.inputOf('a').step).toMatchObject({ attempt: 2, group: 1 });
  world.fail('a');
  expect(world.statuses()).toMatchObject({ a: 'retrying' });
  tell(world, 'hold', { target: 'a' });
  rerun(world, ['a']);
  expect(world.state.steps['a']).toMatchObject({ status: 'pending', held: {}, anew: { attempt: 2 } });
  expect(rowOf(world, 'a')).toMatchObject({ status: 'pending', held: expect.anything() });
  tell(world, 'release', { target: 'a' });
  expect(world.idOf('a')).toBe('a#3');
});

test('in a pause it is set back, and starts when the run goes on', () => {
  const world = chain();
  world.complete('a').signal('pause', { mode: 'now', timeout_ms: 0 }).stop('b').stop('side');
  expect(world.statuses()).toMatchObject({ b: 'pending' });
  const before = keyOf(world, 'b');
  expect(rerun(world, ['a'])).toMatchObject(done);
  expect(world.openKeys).toEqual([]);
  world.signal('resume');
  expect(world.openKeys).toEqual(['a', 'side']);
  world.complete('a');
  expect(keyOf(world, 'b')).not.toBe(before);
});

describe('an agent', () => {
  const talker = agent({ tools: ['write_file', 'ask_user'], approve: ['write_file'] });
  const plan = planOf([step('talk', [], { spec: talker, retry: retries(3) }), step('side')], {
    failure: 'finish',
  });
  const turnOf = (world: QuickWorld) => world.inputOf('talk') as unknown as TurnInput;

  test('begins a conversation of its own: turns, keys, questions and segments are no former ones', () => {
    const world = quick(plan);
    const play = () => {
      const first = turnOf(world).idempotencyKey;
      world.reply('talk', turn('h1', { calls: [call('write_file', {})] }));
      const [question] = Object.keys(world.state.questions);
      world.signal('answer', { question, decision: 'approve' });
      const tool = world.inputOf('talk') as unknown as ToolActivityInput;
      world.reply('talk', { result: { value: 'ok', bytes: 4, preview: 'ok' }, isError: false, comment: '' });
      world.reply('talk', turn('h2'));
      return [first, question, tool.idempotencyKey];
    };
    const once = play();
    expect(world.statuses()).toMatchObject({ talk: 'completed' });
    const { spent } = world.state;
    expect(rerun(world, ['talk'])).toMatchObject(done);
    expect(turnOf(world)).toMatchObject({ session: null, opening: {}, step: { attempt: 2, turn: 1 } });
    const twice = play();
    for (const name of twice) expect(once).not.toContain(name);
    expect(world.state.spent.turns).toBe(spent.turns * 2);
    expect(world.state.steps['talk']).toMatchObject({ agent: { segment: { number: 2 } } });
    expect(rowOf(world, 'talk')?.segments.map(({ segment, terminal_reason: why }) => [segment, why])).toEqual(
      [
        [1, 'completed'],
        [2, 'completed'],
      ],
    );
  });

  test('reads again what it had read between two tries and not answered', () => {
    const world = quick(plan);
    world.reply('talk', turn('h1', { calls: [call('ask_user', { question: 'Who?' })] }));
    world.signal('instruction', { id: 'tabs', content: 'use tabs', target: 'talk' });
    world.signal('answer', { question: Object.keys(world.state.questions)[0], answer: 'me' });
    world.fail('talk', 'model_error');
    expect(world.state.inbox).toMatchObject([{ recipients: [{ turn: 2 }] }]);
    expect(rerun(world, ['talk'])).toMatchObject(done);
    expect(turnOf(world).append).toMatchObject([{ text: 'use tabs' }]);
    const row = world.tables().messages.find(({ message_id: id }) => id === 'tabs');
    expect(row).toMatchObject({
      action_status: 'acknowledged',
      readers: [{ step: 'talk', attempt: 2, turn: 1 }],
    });
    world.reply('talk', turn('h2'));
    expect(world.state.inbox).toEqual([]);
  });
});

test('it travels with the run; a checkpoint from before and one from after both restore', () => {
  const world = quick(planOf(CHAIN, { failure: 'finish' }), { continueSuggested: (events) => events > 25 });
  world.complete('a', 'one').complete('b').complete('c');
  rerun(world, ['b']);
  world.complete('b').complete('side');
  expect(world.chain.length).toBe(2);
  expect(world.state.steps['b']).toMatchObject({ attempt: 2, anew: { attempt: 1 } });
  expect(world.idOf('c')).toBe('c#2');
  world.complete('c');
  expect(world.closed).toMatchObject({ type: 'complete' });
  const points = world.tables().checkpoints.map(({ settled, steps_settled: all }) => [settled?.join(), all]);
  expect(points).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['b', 2],
    ['side', 3],
    ['c', 4],
    ['', 4],
  ]);
  world.restore(4);
  expect(world.openKeys).toEqual(['c', 'side']);
  expect(keyOf(world, 'c')).toBe('run-1/1/c/1');
  world.complete('side').complete('c');
  world.restore(3, 'b');
  expect(keyOf(world, 'b')).toBe('run-1/2/b/1');
  expect(rowOf(world, 'a')).toMatchObject({ status: 'completed', output: 'one' });
});

test('a try whose end nobody knows keeps its key when its closed run goes on', () => {
  const world = chain();
  world.complete('a');
  world.complete('b').complete('c');
  rerun(world, ['c']);
  const before = keyOf(world, 'c');
  world.terminate();
  const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
  world.continueRun({ step: null, limits, message: null, by: 'eve' });
  expect(keyOf(world, 'c')).toBe(before);
});

const WHAT = [
  'end',
  'end',
  'end',
  'end',
  'fail',
  'lose',
  'timer',
  'pause',
  'resume',
  'rerun',
  'rerun',
  'hold',
  'release',
  'skip',
] as const;

/** What of an effect has one key: all tries of it that are the same work. */
const workOf = (world: QuickWorld, { id, input }: ScheduleAction) => {
  const { step: of, idempotencyKey: key } = input as TurnInput;
  const anew = world.notes.filter((note) => note.type === 'step_anew' && note.step === of.key).length;
  return { key: `${key} ${of.turn ?? ''}`, work: `${id.split('#')[0]} after ${anew}` };
};

test('whatever happens, no key of what was done before answers for what is done anew', () => {
  const specs = [
    undefined,
    agent(),
    transform({ of: 1 }),
    undefined,
    { kind: 'wait', duration: '1s' } as const,
  ];
  const plan = planOf(
    specs.map((spec, at) =>
      step(`s${at}`, at === 0 ? [] : [`s${(at - 1) >> 1}`], {
        ...(spec === undefined ? {} : { spec }),
        retry: retries(3),
      }),
    ),
    { failure: 'finish' },
  );
  fc.assert(
    fc.property(
      happeningsOf(WHAT, 60),
      fc.constantFrom(30, Number.POSITIVE_INFINITY),
      (happenings, every) => {
        const world = quick(plan, { continueSuggested: (events) => events > every });
        const seen = new Map<string, string>();
        let known = 0;
        for (const one of happenings) {
          if (world.closed !== null) break;
          happen(world, one);
          for (const action of world.scheduled.slice(known)) {
            const { key, work } = workOf(world, action);
            expect(seen.get(key) ?? work).toBe(work);
            seen.set(key, work);
          }
          known = world.scheduled.length;
        }
        for (const [key, { status, result, anew, attempt }] of Object.entries(world.state.steps)) {
          expect([key, status === 'pending' && result !== undefined]).toEqual([key, false]);
          expect(attempt).toBeGreaterThanOrEqual(anew?.attempt ?? 0);
        }
        expect(tablesOf(world).run).not.toBeNull();
      },
    ),
    cases(80),
  );
});

function happen(world: QuickWorld, { pick, what }: Happening<(typeof WHAT)[number]>): void {
  const target = pickOf(Object.keys(world.state.steps), pick);
  const id = pickOf(world.openIds, pick);
  const signals: Partial<Record<string, object>> = {
    pause: { mode: pick % 2 === 0 ? 'now' : 'after_step', timeout_ms: 0 },
    rerun: { rerun: [target] },
  };
  if (what === 'timer') return void (world.timers.size > 0 && world.fireNext());
  if (what !== 'end' && what !== 'fail' && what !== 'lose')
    return void world.signal(what === 'rerun' ? 'edit' : what, signals[what] ?? { target });
  if (id === undefined) return;
  if (what === 'end' && world.cancelling.has(id)) return void world.stop(id);
  if (what === 'end') return void world.reply(id, answerOf(world, id));
  if (what === 'fail') world.fail(id);
  else world.lose(id);
}
