/** Why steps are where they are: the decisions with what the core saw, and what steps wait for. */
import { describe, expect, test } from 'vitest';
import type { Use } from '../../plan/template.ts';
import { answerTurn } from '../../testing/agents.ts';
import { World } from '../../testing/world.ts';
import {
  agentStep,
  ask,
  expression,
  planOf,
  retries,
  step,
  when,
} from '../../workflows/core/testing/plans.ts';
import { WhyReader } from './why.ts';
import type { EventReason, Why } from './why.ts';

/** After everything that has happened, or after an event. */
function whyOf(world: World, key: string, at = lastSeq(world)): Why {
  const reader = new WhyReader(world.runId, key, at);
  for (const { executionId, events } of world.chain) {
    reader.beginExecution(executionId);
    if (!events.every((event) => reader.take(event))) break;
  }
  const { why } = reader;
  if (why === null) throw new Error(`no step ${key}`);
  return why;
}

const lastSeq = (world: World) => world.tables().run?.last_seq ?? 0;
/** `from>to` of the events, and what was waited for. */
const told = ({ reasons }: Why) =>
  reasons.map((reason) =>
    reason.type === 'waited'
      ? `waited ${reason.waits.map((wait) => wait.for).join('+')}`
      : `${String(reason.event.data['from'] ?? reason.event.type)}>${String(reason.event.data['to'] ?? '')}`,
  );
const find = ({ reasons }: Why, to: string) =>
  reasons.find((reason): reason is EventReason => reason.type === 'event' && reason.event.data['to'] === to);

const codeOfA: Use = { root: 'steps', name: 'a', field: 'result', path: ['code'] };
const when0 = when('steps.a.result.code == 0', [codeOfA]);

describe('a condition', () => {
  const plan = planOf([step('a', [], { keep: [['code']] }), step('b', ['a'], { when: when0 })]);

  test('that holds is told with the values it saw, where the step begins', () => {
    const world = new World(plan).task().complete('a', { code: 0, more: 'x' }).task();
    const why = whyOf(world, 'b');
    expect(told(why)).toEqual(['waited dependencies', 'pending>running']);
    expect(find(why, 'running')?.condition).toEqual({
      source: 'steps.a.result.code == 0',
      values: [{ name: 'steps.a.result.code', value: 0 }],
      answer: { value: true },
    });
    expect(why.waits).toEqual([{ for: 'work', activities: ['b#1'] }]);
  });

  test('that does not, where it is skipped', () => {
    const world = new World(plan).task().complete('a', { code: 1 }).task();
    const why = whyOf(world, 'b');
    expect(find(why, 'skipped')?.condition).toMatchObject({
      values: [{ name: 'steps.a.result.code', value: 1 }],
      answer: { value: false },
    });
    expect(why.waits).toEqual([]);
  });

  test('that cannot be evaluated names what is missing', () => {
    const world = new World(plan).task().complete('a', { other: 1 }).task();
    expect(find(whyOf(world, 'b'), 'failed')?.condition).toMatchObject({
      values: [{ name: 'steps.a.result.code' }],
      answer: { error: expect.stringContaining('missing') },
    });
  });

  test('that was not asked, because of a failure before it, is not told', () => {
    const world = new World({ ...plan, failure: 'finish' }).task().fail('a').task();
    expect(find(whyOf(world, 'b'), 'skipped')?.condition).toBeNull();
  });

  test('over status functions shows what these answered', () => {
    const aware = planOf([step('a'), step('b', ['a'], { when: when('status.failed || !status.succeeded') })]);
    const world = new World(aware).task().fail('a').task();
    expect(find(whyOf(world, 'b'), 'running')?.condition?.values).toEqual([
      { name: 'succeeded()', value: false },
      { name: 'failed()', value: true },
    ]);
  });
});

describe('a failed attempt', () => {
  const policy = { ...retries(3), if: expression('error.type == "command_failed"') };
  const plan = planOf([step('a', [], { retry: policy })]);
  const judged = (why: Why) =>
    why.reasons.flatMap((one) => (one.type === 'event' && one.judged !== null ? [one.judged] : []));

  test('is told with the rule that another follows, its delay and what the rule saw', () => {
    const world = new World(plan).task().fail('a').task();
    const why = whyOf(world, 'a');
    expect(judged(why)).toMatchObject([
      {
        error: { type: 'command_failed', attempt: 1 },
        tried: { group: 1, infra: 0 },
        next: { delayMs: 10, rule: 'retry' },
        condition: {
          source: 'error.type == "command_failed"',
          values: [{ name: 'error', value: { type: 'command_failed', message: 'a said no' } }],
          answer: { value: true },
        },
      },
    ]);
    expect(why.waits).toEqual([{ for: 'retry', until: expect.any(Number) }]);
    world.fireNext().task();
    expect(told(whyOf(world, 'a'))).toEqual([
      'pending>running',
      'running>retrying',
      'waited retry',
      'retrying>running',
    ]);
  });

  test('is told with why none follows', () => {
    const because = (type: string, details: unknown = {}, many = 1) => {
      const world = new World(plan).task();
      for (let i = 1; i < many; i++) world.fail('a').task().fireNext().task();
      return judged(whyOf(world.fail('a', type, details).task(), 'a')).at(-1)?.next;
    };
    expect(because('command_failed', {}, 3)).toMatchObject({ because: 'used_up' });
    expect(because('timeout')).toMatchObject({ because: 'not_wanted' });
    expect(because('not_allowed')).toMatchObject({ because: 'not_retryable' });
  });

  test('of the machinery is tried again by its own rule', () => {
    const world = new World(plan).task().lose('a').task();
    expect(judged(whyOf(world, 'a'))).toMatchObject([
      { tried: { group: 1, infra: 1 }, next: { delayMs: 1_000, rule: 'machinery' } },
    ]);
  });

  test('after a person wanted no further try says so', () => {
    const world = new World(plan)
      .task()
      .signal('stop_retrying', { target: 'a', by: 'eve' })
      .task()
      .fail('a')
      .task();
    expect(judged(whyOf(world, 'a')).at(-1)?.next).toEqual({ delayMs: null, because: 'told' });
  });

  test('of a model tells which one is asked next', () => {
    const models = ['openai/small', 'openai/large'];
    const world = new World(planOf([agentStep('w', [], { models })]))
      .task()
      .fail('w', 'model_refused')
      .task();
    const why = whyOf(world, 'w');
    const routed = why.reasons.flatMap((one) => (one.type === 'event' ? (one.routed ?? []) : []));
    expect(routed).toEqual([{ from: 'openai/small', to: 'openai/large' }]);
    expect(answerTurn(world, 'w', 'done').task().statuses()).toEqual({ w: 'completed' });
  });
});

describe('a step that waits', () => {
  const waits = (world: World, key: string) => whyOf(world, key).waits;

  test('for what it depends on', () => {
    const world = new World(planOf([step('a'), step('b'), step('c', ['a', 'b'])])).task();
    expect(waits(world, 'c')).toEqual([
      {
        for: 'dependencies',
        steps: [
          { step: 'a', status: 'running' },
          { step: 'b', status: 'running' },
        ],
      },
    ]);
    world.complete('a').task();
    expect(waits(world, 'c')).toEqual([{ for: 'dependencies', steps: [{ step: 'b', status: 'running' }] }]);
  });

  test('for the window', () => {
    const world = new World(planOf([step('a'), step('b'), step('c')], { maxParallel: 2 })).task();
    expect(waits(world, 'c')).toEqual([{ for: 'window', open: 2, most: 2 }]);
  });

  test('for its level', () => {
    const plan = planOf([step('a'), step('b'), step('c', ['a'])], { scheduling: 'level' });
    const world = new World(plan).task().complete('a').task();
    expect(waits(world, 'c')).toEqual([{ for: 'level', steps: [{ step: 'b', status: 'running' }] }]);
  });

  test('to be alone, and for one that is', () => {
    const alone = { parallel: false };
    const plan = planOf([step('a'), step('b', [], alone), step('c')]);
    const world = new World(plan).task();
    expect(waits(world, 'b')).toEqual([{ for: 'alone', step: null }]);
    expect(waits(world, 'c')).toEqual([{ for: 'alone', step: 'b' }]);
    world.complete('a').task();
    expect(waits(world, 'c')).toEqual([{ for: 'alone', step: 'b' }]);
  });

  test('for a hold, a pause, people, and a time', () => {
    const held = new World(planOf([step('a'), step('b', ['a'])])).task();
    held.signal('hold', { target: 'b', by: 'eve', reason: 'later' }).task().complete('a').task();
    expect(waits(held, 'b')).toEqual([{ for: 'hold', by: 'eve', reason: 'later' }]);
    const paused = new World(planOf([step('a'), step('b', ['a'])])).task();
    paused.signal('pause', { by: 'ann', reason: 'lunch' }).task().complete('a').task();
    expect(waits(paused, 'b')).toEqual([{ for: 'pause', by: 'ann', reason: 'lunch' }]);
    expect(told(whyOf(paused, 'b'))).toEqual([
      'waited dependencies',
      'waited pause+dependencies',
      'waited pause',
    ]);
    const asking = new World(planOf([step('q', [], { spec: ask() })])).task();
    expect(waits(asking, 'q')).toEqual([{ for: 'people', questions: [expect.any(String)] }]);
    const slow = planOf([step('w', [], { spec: { kind: 'wait', duration: 5_000 } })]);
    expect(waits(new World(slow).task(), 'w')).toEqual([{ for: 'time', until: expect.any(Number) }]);
  });
});

describe('as of an event', () => {
  const plan = planOf([step('a'), step('b', ['a'])]);
  const world = new World(plan).task().complete('a').task().complete('b').task();
  const begun = whyOf(world, 'b').reasons.find((one) => one.type === 'event');
  const seq = begun?.type === 'event' ? begun.event.seq : 0;

  test('nothing that came later is told', () => {
    expect(told(whyOf(world, 'b', seq - 3))).toEqual(['waited dependencies']);
    expect(told(whyOf(world, 'b', seq))).toEqual(['waited dependencies', 'pending>running']);
    expect(whyOf(world, 'b').waits).toEqual([]);
  });

  test('that does not exist there is no answer, nor of a step that there is not', () => {
    const reader = new WhyReader(world.runId, 'b', 10_000);
    const other = new WhyReader(world.runId, 'x', 3);
    for (const one of [reader, other]) {
      one.beginExecution(world.chain[0]?.executionId ?? '');
      for (const event of world.events) one.take(event);
    }
    expect(reader.isShort).toBe(true);
    expect(other.why).toBeNull();
  });
});

describe('what people do', () => {
  test('a step that an edit adds, and one that it removes', () => {
    const before = planOf([step('a'), step('b', ['a'])]);
    const after = planOf([step('a'), step('c', ['a'])], { hash: 'sha256:after' });
    const world = new World(before).task();
    const early = lastSeq(world);
    world.signal('edit', { plan: after, revision: 0, by: 'ann' }).task();
    expect(told(whyOf(world, 'c'))).toEqual(['plan>', 'waited dependencies']);
    expect(whyOf(world, 'b')).toMatchObject({ row: { status: 'superseded' }, revision: 1, waits: [] });
    expect(() => whyOf(world, 'c', early)).toThrow('no step c');
  });

  test('what was refused', () => {
    const world = new World(planOf([step('a')])).task().signal('hold', { target: 'a', by: 'eve' }).task();
    expect(told(whyOf(world, 'a'))).toContain('message>');
  });

  test('a run that was set back tells both branches, and waits as the second does', () => {
    const plan = planOf([step('a'), step('b', ['a'])]);
    const world = new World(plan).task().complete('a').task().fail('b').task();
    world.restore(1).task();
    const why = whyOf(world, 'b');
    expect(why.waits).toEqual([{ for: 'work', activities: [expect.stringContaining('b#')] }]);
    expect(why.reasons.flatMap((one) => (one.type === 'event' ? [one.epoch] : []))).toContain(1);
  });
});
