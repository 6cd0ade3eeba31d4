/** Histories of agents, as the real core makes them: whole and in pages, with the sums that must hold in each. */
import { describe, expect, test } from 'vitest';
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';
import { toolAnswer, toolCall, turn, usage } from '../../testing/answers.ts';
import { tablesOf } from '../../testing/histories.ts';
import { foldInPages } from '../../testing/tables.ts';
import type { Tables } from '../../testing/tables.ts';
import { World } from '../../testing/world.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agentStep, ask, planOf, step } from '../../workflows/core/testing/plans.ts';

describe('an agent that calls tools', () => {
  const plan = planOf([agentStep('a'), step('b', ['a'])]);
  const historyOf = (interpreter: number) =>
    new World(plan, { version: interpreter })
      .task()
      .reply('a#1/1', turn('h1', { calls: [toolCall('c1'), toolCall('c2')] }))
      .task()
      .reply('a#1/1.1', toolAnswer('two', { comment: 'Reading file: two' }))
      .reply('a#1/1.0', toolAnswer('one', { comment: 'Reading file: one' }))
      .task()
      .reply('a#1/2', turn('h2'))
      .task()
      .complete('b#1')
      .task();
  const history = historyOf(INTERPRETER_VERSION);

  test('completes, with a row for each call and the story in order', () => {
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({
      status: 'completed',
      turns: 2,
      total_tokens: 240,
      cost_estimate: 600,
    });
    expect(tables.steps['a']).toMatchObject({ status: 'completed', turns: 2, agent: 'writer' });
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'completed', worker: 'worker-1' });
    const story = tables.events.filter(({ step: key }) => key === 'a').map(({ type }) => type);
    expect(story.filter((type) => type !== 'message')).toEqual([
      'status_change',
      'llm_complete',
      'tool_call',
      'tool_call',
      'tool_response',
      'tool_response',
      'llm_complete',
      'status_change',
    ]);
    expect(tables.messages.map(({ content }) => content)).toContain('Reading file: one');
  });

  test('tells where the whole stands of what its events show the beginning of', () => {
    const { events } = tablesOf(history);
    const data = (type: string) => events.filter((event) => event.type === type).map((event) => event.data);
    expect(data('workflow_start')).toMatchObject([{ inputs: {} }]);
    expect(data('tool_response')).toMatchObject([
      { name: 'read_file', output: { value: 'one' } },
      { output: { value: 'two' } },
    ]);
    expect(data('llm_complete')).toMatchObject([
      { message: { session_id: 'ses_1', head: 'h1' } },
      { message: { head: 'h2' } },
    ]);
    expect(data('status_change').filter(({ to }) => to === 'completed')).toMatchObject([
      { output: { value: expect.anything() } },
      { output: { value: expect.anything() } },
    ]);
    expect(data('complete')).toMatchObject([{ status: 'completed', output: { value: expect.anything() } }]);
  });

  test('of a run of version 1 they tell what they told then', () => {
    const { events } = tablesOf(historyOf(1));
    const members = new Set(events.flatMap(({ data }) => Object.keys(data)));
    expect(['inputs', 'output', 'message'].filter((name) => members.has(name))).toEqual([]);
  });
});

test('a worker dies in a turn: the call is lost, and its stored answer is counted once', () => {
  const history = new World(planOf([agentStep('a')])).task().lose('a#1/1').task();
  for (const id of history.timers.keys()) history.fire(id);
  history.task();
  const [again] = history.openIds;
  history.reply(again ?? '', turn('h1', { replayed: true })).task();
  const tables = tablesOf(history);
  expect(tables.run).toMatchObject({ status: 'completed', turns: 1, cost_estimate: 300 });
  expect(Object.values(tables.calls).map(({ status, replayed }) => [status, replayed])).toEqual([
    ['lost', false],
    ['completed', true],
  ]);
});

test('a failed call counts with what it consumed, and leads to the next', () => {
  const details = { usage: usage({ costMicros: null }) };
  const history = new World(planOf([agentStep('a', [], { models: ['openai/small', 'openai/big'] })]))
    .task()
    .fail('a#1/1', 'model_unauthorized', details)
    .task();
  for (const id of history.timers.keys()) history.fire(id);
  if (history.openIds.length === 0) history.task();
  history.reply(history.openIds[0] ?? '', turn('h1')).task();
  const tables = tablesOf(history);
  expect(tables.run).toMatchObject({ status: 'completed', turns: 2, total_tokens: 240, cost_estimate: null });
  const contents = tables.messages.map(({ content }) => content);
  expect(contents.filter((content) => content?.startsWith('Model openai/small failed'))).toHaveLength(1);
});

describe('questions', () => {
  const asks = step('q', [], { spec: ask() });
  const asking = () => new World(planOf([asks])).task();

  test('a step waits for people, and goes on with the answer', () => {
    const history = asking();
    const before = tablesOf(history);
    const [question] = Object.values(before.questions);
    expect(question).toMatchObject({ status: 'open', kind: 'ask', step: 'q', preview: 'Go on?' });
    expect(before.steps['q']).toMatchObject({ status: 'waiting' });
    expect(before.run?.needs).toMatchObject([{ step: 'q', kind: 'ask' }]);
    history.signal('answer', { question: question?.id, answer: true, by: 'bea' }).task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({ status: 'completed', needs: [] });
    expect(tables.questions[question?.id ?? '']).toMatchObject({
      status: 'answered',
      answers: [{ by: 'bea', answer: true }],
    });
    const answer = tables.events.find(({ data }) => data['action'] === 'answered');
    const message = tables.events.find(({ seq }) => seq === answer?.caused_by);
    expect(message).toMatchObject({ type: 'message' });
    const asked = tables.events.find(({ seq }) => seq === message?.caused_by);
    expect(asked).toMatchObject({ type: 'question', data: { action: 'asked' } });
  });

  test('an open question is withdrawn when an operator ends the run', () => {
    const tables = tablesOf(asking().terminate());
    expect(Object.values(tables.questions)).toMatchObject([{ status: 'withdrawn' }]);
  });
});

const ends = ({ checkpoints }: Tables) => checkpoints.filter(({ kind }) => kind === 'closed');

describe('a limit, and going on after it', () => {
  const PLAN = planOf([agentStep('a', [], { limits: { ...NO_LIMITS, maxTurns: 1 } }), step('b', ['a'])]);
  const limited = () =>
    new World(PLAN)
      .task()
      .reply('a#1/1', turn('h1', { calls: [toolCall('c1')] }))
      .task()
      .reply('a#1/1.0', toolAnswer('one', { comment: 'Reading file: one' }))
      .task();

  const WANTED = {
    step: null,
    limits: { turns: 5, tokens: null, costMicros: null, durationMs: null },
    message: 'finish it',
    by: 'bea',
  };
  const continued = () => limited().pass(60_000).continueRun(WANTED);

  test('the run fails at the limit and says what it needs; its end can be continued', () => {
    const first = limited();
    const tables = tablesOf(first);
    expect(tables.run).toMatchObject({ status: 'failed', terminal_reason: 'error_max_turns' });
    expect(tables.run?.error_message).toContain('used 1 of 1 turns; go on with POST /runs/run-1/continue');
    expect(tables.run?.needs).toMatchObject([{ step: 'a', kind: 'limit' }]);
    expect(tables.steps['a']?.segments).toMatchObject([{ turns: 1, terminal_reason: 'error_max_turns' }]);
    expect(ends(tables)).toMatchObject([
      {
        kind: 'closed',
        epoch: 0,
        execution_id: 'execution-1',
        event_id: first.events.length,
        plan_hash: PLAN.hash,
      },
    ]);
  });

  test('the same session goes on, in a segment of its own; totals are kept', () => {
    const run = continued().task();
    const between = tablesOf(run);
    expect(between.run).toMatchObject({
      status: 'running',
      epoch: 1,
      terminal_reason: null,
      error: null,
      needs: [],
    });
    expect(between.steps['a']).toMatchObject({ status: 'running', completed_at: null, error: null });
    expect(between.steps['b']).toMatchObject({ status: 'pending', reason: null });
    run.reply('a', turn('h2')).task().complete('b#1').task();
    const tables = tablesOf(run);
    expect(tables.run).toMatchObject({
      status: 'completed',
      turns: 2,
      total_tokens: 240,
      cost_estimate: 600,
    });
    expect(tables.steps['a']?.segments).toMatchObject([
      { segment: 1, turns: 1, terminal_reason: 'error_max_turns' },
      { segment: 2, turns: 1, terminal_reason: 'completed', message: 'finish it', by: 'bea', max_turns: 5 },
    ]);
    expect(tables.messages).toContainEqual(
      expect.objectContaining({
        message_type: 'user',
        action_type: 'continue',
        content: 'finish it',
        author: 'bea',
      }),
    );
    const reopened = tables.events.find(({ data }) => data['continued'] === true);
    expect(reopened).toMatchObject({
      data: { scope: 'run', from: 'failed', to: 'running', by: 'bea', message: 'finish it' },
    });
    expect(ends(tables)).toMatchObject([{ epoch: 0 }, { epoch: 1, execution_id: 'execution-2' }]);
    expect(Object.values(tables.attempts).map(({ epoch, step: key }) => `${epoch}/${key}`)).toEqual(
      expect.arrayContaining(['0/a', '1/a', '1/b']),
    );
  });

  test('terminated before its first task: it can be continued from where it was', () => {
    const [one, two] = ends(tablesOf(continued().terminate()));
    expect(two).toMatchObject({ epoch: 1, execution_id: 'execution-2', state: one?.state });
  });

  test('another end than the one that was folded: marked, and the fold goes on', () => {
    const base = { executionId: 'execution-0', eventId: 9 };
    const { chain } = limited().continueRun(WANTED, { base }).task();
    const { run } = foldInPages('run-1', chain, 3);
    expect(run?.diverged).toMatchObject({
      execution_id: 'execution-2',
      found: 'goes on from event 9 of execution-0',
    });
    expect(run?.status).toBe('running');
  });
});
