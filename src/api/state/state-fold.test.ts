/** The state computed from events against the tables that the projector's fold writes, at every newest event. */
import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../plan/json.ts';
import { decodeEvent } from '../../projections/decode-event.ts';
import { RunFold } from '../../projections/fold/run-fold.ts';
import { openTurn } from '../../testing/agents.ts';
import { toolCall, turn, usage } from '../../testing/answers.ts';
import { Tables, type History } from '../../testing/tables.ts';
import { World } from '../../testing/world.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../../temporal/history-event.ts';
import { agentStep, planOf, retries, step } from '../../workflows/core/testing/plans.ts';
import { StateFold } from './state-fold.ts';

/** The state says what the tables say. Answers how many events were folded. */
function expectAgreement(tables: Tables): number {
  const { run, events } = tables;
  if (run === null || events.length === 0) return 0;
  const steps = Object.values(tables.steps).toSorted((one, other) => one.position - other.position);
  const fold = new StateFold(steps.map(({ key, status }) => ({ key, superseded: status === 'superseded' })));
  for (const event of events) fold.apply({ ...event, data: event.data as Json, at: new Date(event.at) });
  const figures = (row: typeof run | (typeof steps)[number]) => ({
    turns: row.turns,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    total_tokens: row.total_tokens,
    cost_estimate: row.cost_estimate,
  });
  const open = Object.values(tables.questions).filter((question) => question.status === 'open');
  expect(fold.result(run.id)).toEqual({
    run_id: run.id,
    seq: run.last_seq,
    at: events.at(-1)?.at,
    status: run.status,
    terminal_reason: run.terminal_reason,
    is_paused: run.is_paused,
    ...figures(run),
    steps: steps.map((row) => ({ key: row.key, status: row.status, attempt: row.attempt, ...figures(row) })),
    open_questions: open.map(({ id, kind, step: key, preview }) => ({ id, kind, step: key, preview })),
  });
  return events.length;
}

/** After every event of the history. */
function expectAgreementAlong(runId: string, chain: readonly History[]): number {
  const fold = new RunFold(runId);
  const tables = new Tables();
  let told = 0;
  for (const { executionId, events } of chain) {
    fold.beginExecution(executionId);
    for (const event of events) {
      fold.apply(event);
      tables.write(fold.takeChanges());
      told = expectAgreement(tables);
    }
  }
  return told;
}

const HISTORIES = new URL('../../../test/histories/', import.meta.url);

describe('recorded histories', () => {
  it.each(readdirSync(HISTORIES).filter((name) => name.endsWith('.json')))('%s', (file) => {
    const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
    const events = (history.events ?? []).map((event) =>
      decodeEvent(decodeHistoryEvent(encodeHistoryEvent(event))),
    );
    const attributes = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    const executionId = attributes?.originalExecutionRunId ?? '';
    const told = expectAgreementAlong(attributes?.workflowId ?? '', [{ executionId, events }]);
    expect(told).toBeGreaterThan(1);
  });
});

describe('branches of a run', () => {
  const plan = planOf([step('a'), step('b', ['a'])]);

  const done = () => new World(plan).task().complete('a#1').task().complete('b#1').task();

  it.each([
    ['before the first step was done', 1],
    ['between two steps', 2],
  ])('a reset to a point %s', (_, point) => {
    const { chain } = done().reset(point, { reason: 'bad answer' }).task();
    expect(expectAgreementAlong('run-1', chain)).toBeGreaterThan(8);
  });

  it.each([
    ['the same plan', plan],
    ['another one', planOf([step('a'), step('c', ['a'])])],
  ])('a restart with %s', (_, again) => {
    const tables = done().restart(again).task().tables();
    expect(tables.steps['b']?.status).toBe(again === plan ? 'pending' : 'superseded');
    expect(expectAgreement(tables)).toBeGreaterThan(5);
  });
});

describe('a run that is steered', () => {
  const plan = planOf([step('p'), agentStep('a', ['p'], { agent: 'code' }), step('b', ['p'])]);
  const atWork = () => new World(plan).task().complete('p#1').task();

  it('paused at once, and resumed', () => {
    const history = atWork().signal('pause', { mode: 'now' }).task();
    history.stop('b#1').stop('a#1/1', { usage: usage() }).task().signal('resume').task();
    expect(expectAgreementAlong('run-1', history.chain)).toBeGreaterThan(15);
    expect(history.openIds).toEqual(['a#1/2', 'b#2']);
  });

  it('redirected, with a step that the next run need not do again', () => {
    const history = atWork().signal('redirect', { id: 'm1', content: 'other', skip_to: 'code' }).task();
    history.stop('a#1/1').stop('b#1').task();
    const asked = history.events.find((event) => event.kind === 'child_initiated');
    if (asked?.kind !== 'child_initiated') throw new Error('no run was asked for');
    history.answerRun(asked.runId).requestCancel('redirected').task();
    expect(expectAgreementAlong('run-1', history.chain)).toBeGreaterThan(10);
    const next = new World(null, { runId: asked.runId, args: asked.args }).task();
    expect(expectAgreementAlong(asked.runId, next.chain)).toBeGreaterThan(4);
  });
});

describe('agents', () => {
  const plan = planOf([
    agentStep('a', [], { approve: ['write_file'] }, { retry: retries(3) }),
    step('b', ['a']),
  ]);
  const writing = { calls: [toolCall('c1', 'write_file')] };

  it('turns, lost calls, answers that count once, unknown prices, questions', () => {
    const run = new World(plan)
      .task()
      .reply('a', turn('h1', { ...writing, usage: usage({ costMicros: 20 }) }));
    const [question] = Object.keys(run.task().state.questions);
    expect(expectAgreementAlong('run-1', run.chain)).toBeGreaterThan(5);
    run.signal('answer', { question, decision: 'reject', by: 'ada' }).task();
    run.lose('a').task().fireNext().task();
    const unpriced = turn('h2', { ...writing, usage: usage({ costMicros: null }), replayed: true });
    run.reply(openTurn(run, 'a'), unpriced).task();
    expect(Object.keys(run.state.questions)).toHaveLength(1);
    run.terminate();
    expect(expectAgreementAlong('run-1', run.chain)).toBeGreaterThan(15);
    expect(run.tables().run).toMatchObject({ turns: 2, cost_estimate: null, status: 'terminated' });
  });
});
