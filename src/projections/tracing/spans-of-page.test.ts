/** Spans of histories: the tree, its ids, and that each comes once, however the history comes in pages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../test/support/cases.ts';
import { anyPlan } from '../../testing/any-plans.ts';
import { ANYTHING, AnyRun } from '../../testing/any-run.ts';
import { toolAnswer, toolCall, turn } from '../../testing/answers.ts';
import { happeningsOf } from '../../testing/chance.ts';
import { World } from '../../testing/world.ts';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { activitySpanId, attemptSpanId, runSpanId, stepSpanId } from '../../tracing/span-ids.ts';
import type { Span } from '../../tracing/span.ts';
import { agentStep, planOf, retries, step } from '../../workflows/core/testing/plans.ts';
import { RunFold } from '../fold/run-fold.ts';
import { spanOf } from './span-of.ts';
import { spansOfPage } from './spans-of-page.ts';

/** Of a run so far. @param page so many events at once */
function spansOf({ runId, chain }: World, page = Number.MAX_SAFE_INTEGER): readonly Span[] {
  const fold = new RunFold(runId);
  return chain.flatMap(({ executionId, events }) => {
    fold.beginExecution(executionId);
    return Array.from({ length: Math.ceil(events.length / page) }, (_, i) => {
      for (const event of events.slice(i * page, (i + 1) * page)) fold.apply(event);
      const { ended } = fold.takeChanges();
      return fold.rows === null ? [] : spansOfPage(fold.rows, ended);
    }).flat();
  });
}

/** Names, with those below them. */
function tree(spans: readonly Span[], parent: string | null = null): unknown[] {
  return spans
    .filter((span) => span.parent === parent)
    .map(({ id, name }) => {
      const below = tree(spans, id);
      return below.length === 0 ? name : [name, below];
    });
}

const named = (spans: readonly Span[], name: string) => spans.filter((span) => span.name === name);

describe('a run with an agent', () => {
  const plan = planOf([agentStep('code', [], { agent: 'coder' }), step('done', ['code'])], {
    name: 'review',
  });
  const world = new World(plan)
    .task()
    .reply('code#1/1', turn('h1', { calls: [toolCall('c1'), toolCall('c2', 'write_file')] }))
    .task()
    .reply('code#1/1.0', toolAnswer('text'))
    .task()
    .reply('code#1/1.1', toolAnswer('no', { isError: true }))
    .task()
    .reply('code#1/2', turn('h2'))
    .task()
    .complete('done#1', 'secret answer')
    .task();
  const spans = spansOf(world);

  test('is a tree of its steps, attempts, model calls and tools', () => {
    const turns = ['chat small', 'chat small', 'execute_tool read_file', 'execute_tool write_file'];
    expect(tree(spans)).toEqual([
      [
        'invoke_workflow review',
        [
          ['step code', [['invoke_agent coder', turns]]],
          ['step done', ['command done']],
        ],
      ],
    ]);
  });

  test('has the names of the conventions', () => {
    const [chat] = named(spans, 'chat small');
    expect(chat).toMatchObject({
      kind: 'client',
      error: null,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'small',
        'gen_ai.response.model': 'small-2026',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 10,
        'gen_ai.usage.cache_creation.input_tokens': 2,
        'gen_ai.usage.reasoning.output_tokens': 5,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.response.time_to_first_chunk': 0.012,
        'gen_ai.conversation.id': 'ses_1',
        'baton.run.id': world.runId,
        'baton.step.address': 'code',
        'baton.cost_micros': 300,
      },
    });
    expect(named(spans, 'invoke_agent coder')[0]?.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'coder',
      'gen_ai.usage.input_tokens': 200,
    });
    expect(named(spans, 'execute_tool write_file')[0]).toMatchObject({
      error: 'tool_error',
      attributes: { 'error.type': 'tool_error', 'gen_ai.tool.name': 'write_file' },
    });
    expect(named(spans, 'invoke_workflow review')[0]?.attributes).toMatchObject({
      'gen_ai.workflow.name': 'review',
      'baton.status': 'completed',
      'baton.tokens': 240,
    });
  });

  test('says nothing of what was said, given or answered', () => {
    expect(JSON.stringify(spans)).not.toMatch(/secret answer|answer h1|a\.txt/);
  });

  test('has ids that a worker can make of what it knows', () => {
    const executionId = world.chain[0]?.executionId ?? '';
    const calls = named(spans, 'chat small').map(({ id }) => id);
    expect(calls).toEqual([activitySpanId(executionId, 'code#1/1'), activitySpanId(executionId, 'code#1/2')]);
    expect(named(spans, 'command done')[0]?.id).toBe(activitySpanId(executionId, 'done#1'));
    expect(named(spans, 'execute_tool read_file')[0]?.id).toBe(activitySpanId(executionId, 'code#1/1.0'));
    expect(named(spans, 'invoke_agent coder')[0]?.id).toBe(attemptSpanId(world.runId, 0, 'code', 1));
  });
});

describe('what goes wrong', () => {
  test('each attempt is a span of its own below the step, with the kind of its failure', () => {
    const world = new World(planOf([step('a', [], { retry: retries(2) })]))
      .task()
      .fail('a#1', 'http_failed')
      .task()
      .fire('t1')
      .task()
      .complete('a#2', 'fine')
      .task();
    const spans = spansOf(world);
    const attempts = spans.filter(({ parent }) => parent === stepSpanId(world.runId, 0, 'a', 0));
    expect(attempts).toMatchObject([
      { error: 'http_failed', attributes: { 'baton.error.category': 'TASK_ERROR', 'baton.attempt': 1 } },
      { error: null, attributes: { 'baton.status': 'completed', 'baton.attempt': 2 } },
    ]);
    expect(named(spans, 'step a')).toMatchObject([{ error: null }]);
  });

  test('a call whose worker died, and a run that fails', () => {
    const plan = planOf([agentStep('a', [], {}, { retry: retries(1) })], { name: 'w' });
    const spans = spansOf(new World(plan).task().fail('a#1/1', 'model_refused').task());
    expect(named(spans, 'chat small')[0]).toMatchObject({ error: 'model_refused' });
    expect(named(spans, 'invoke_workflow w')[0]?.error).toBeTypeOf('string');
  });

  test('a clock that is off makes no span that ends before it begins, and is told of', () => {
    const at = { from: '2026-01-01T00:00:01.000Z', to: '2026-01-01T00:00:00.000Z' };
    const span = spanOf({ id: '1', parent: null, name: 'x', ...at, error: null, attributes: {} });
    expect(span).toMatchObject({ from: at.from, to: at.from, attributes: { 'baton.clock_skewed': true } });
  });

  test('names that a model makes up are cut', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const long = 'x'.repeat(1_000_000);
    const span = spanOf({
      ...{ id: '1', parent: null, name: long, from: at, to: at, error: null },
      attributes: { tool: long },
    });
    expect(JSON.stringify(span).length).toBeLessThan(2_000);
  });
});

describe('a run that goes on', () => {
  const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
  const ask = { step: null, limits, message: null, by: 'ann' };

  test('has a span for each branch, the later ones below the first', () => {
    const world = new World(planOf([step('a'), step('b', ['a'])], { name: 'w' }))
      .task()
      .complete('a#1')
      .task();
    world.fail('b#1').task();
    world.continueRun(ask).task().complete('b#1').task();
    const spans = spansOf(world);
    const branches = named(spans, 'invoke_workflow w');
    expect(branches).toMatchObject([
      { id: runSpanId(world.runId, 0), parent: null, attributes: { 'baton.status': 'failed' } },
      {
        id: runSpanId(world.runId, 1),
        parent: runSpanId(world.runId, 0),
        attributes: { 'baton.status': 'completed' },
      },
    ]);
    // What stood as it was has ended once.
    expect(named(spans, 'step a')).toHaveLength(1);
    const [failed, done] = named(spans, 'step b');
    expect([failed?.parent, done?.parent]).toEqual(branches.map(({ id }) => id));
    expect(failed?.id).not.toBe(done?.id);
  });

  test('a step that is run anew has a span for each life, with its own attempts below', () => {
    const running = new World(planOf([step('a'), step('c')])).task().complete('a#1').task();
    running
      .signal('edit', { id: 'e1', by: 'ann', rerun: ['a'] })
      .task()
      .complete('a#2')
      .task();
    for (const page of [1, Number.MAX_SAFE_INTEGER]) {
      const spans = spansOf(running, page);
      const lives = named(spans, 'step a').map(({ id }) => id);
      expect(lives).toEqual([0, 1].map((life) => stepSpanId(running.runId, 0, 'a', life)));
      expect(named(spans, 'command a').map(({ parent }) => parent)).toEqual(lives);
    }
  });

  test('a step that was taken over has none, also where somebody overrides it in the same page', () => {
    const world = new World(planOf([step('a'), step('b', ['a'])])).task().complete('a#1').task();
    const fork = new World(null, { args: world.forkArgs(1) })
      .task()
      .signal('override', { id: 'o1', by: 'ann', step: 'a', value: 0 })
      .task();
    for (const page of [1, Number.MAX_SAFE_INTEGER])
      expect(named(spansOf(fork, page), 'step a'), `pages of ${page}`).toEqual([]);
  });

  test('a fork links to the run that it comes from', () => {
    const world = new World(planOf([step('a'), step('b', ['a'])])).task().complete('a#1').task();
    const args = world.forkArgs(1);
    const fork = new World(null, { args }).task().complete('b#1').task();
    const [branch] = spansOf(fork).filter(({ parent }) => parent === null);
    expect(branch?.links).toEqual([{ run: world.runId, because: 'forked_from' }]);
  });
});

test('whatever happens to a run, each span comes once, and hangs on one that comes too', () => {
  fc.assert(
    fc.property(anyPlan, happeningsOf(ANYTHING, 40), (plan, happenings) => {
      const continueSuggested = (events: number) => events > 60;
      const run = new AnyRun(plan, { version: INTERPRETER_VERSION, continueSuggested }, () => undefined);
      for (const one of happenings) run.happen(one);
      for (const world of [run.world, ...run.parents]) {
        const whole = spansOf(world);
        const ids = whole.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(
          spansOf(world, 1)
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual(ids.toSorted());
        for (const { from, to } of whole) expect(to >= from).toBe(true);
        if (world.closed === null) continue;
        const known = new Set(ids);
        expect(whole.filter(({ parent }) => parent !== null && !known.has(parent))).toEqual([]);
      }
    }),
    cases(60),
  );
});
