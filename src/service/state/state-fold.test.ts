/** The state computed from events against the tables that the projector's fold writes, at every newest event. */
import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../plan/json.ts';
import type { Question } from '../../protocol/question.ts';
import { decodeEvent } from '../../projections/decode-event.ts';
import { RunFold } from '../../projections/fold/run-fold.ts';
import { agentStep, NO_LIMITS, toolCall, turn, usage } from '../../projections/fold/testing/agents.ts';
import { FakeHistory } from '../../projections/fold/testing/fake-history.ts';
import { Tables, type Execution } from '../../projections/fold/testing/tables.ts';
import { ToldRun } from '../../projections/fold/testing/told-run.ts';
import { decodeHistoryEvent, encodeHistoryEvent } from '../../temporal/history-event.ts';
import { planOf, step } from '../../workflows/core/testing/plans.ts';
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
function expectAgreementAlong(runId: string, chain: readonly Execution[]): number {
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

  it.each([
    ['before the first step was done', (copied: FakeHistory) => copied],
    ['between two steps', (copied: FakeHistory) => copied.complete('a#1').task()],
  ])('a reset to a point %s', (_, untilThere) => {
    const first = new FakeHistory(plan).task().complete('a#1').task().complete('b#1').task();
    const reset = untilThere(new FakeHistory(plan, { executionId: first.executionId }).task());
    reset.add({ kind: 'other' });
    reset.add({ kind: 'task_started', continueSuggested: false });
    const origin = { newExecutionId: 'execution-2', reason: 'bad answer', identity: 'ops' };
    reset.add({ kind: 'task_failed', reset: origin });
    reset.task();
    const second = { executionId: 'execution-2', events: reset.events };
    expect(expectAgreementAlong('run-1', [first, second])).toBeGreaterThan(8);
  });

  it.each([
    ['the same plan', plan],
    ['another one', planOf([step('a'), step('c', ['a'])])],
  ])('a restart with %s', (_, again) => {
    const first = new FakeHistory(plan).task().complete('a#1').task().complete('b#1').task();
    const second = new FakeHistory(again, { executionId: 'execution-2' }).task();
    const fold = new RunFold('run-1');
    const tables = new Tables();
    for (const { executionId, events } of [first, second]) {
      fold.beginExecution(executionId);
      for (const event of events) fold.apply(event);
    }
    tables.write(fold.takeChanges());
    expect(tables.steps['b']?.status).toBe(again === plan ? 'pending' : 'superseded');
    expect(expectAgreement(tables)).toBeGreaterThan(5);
  });
});

describe('a run that is steered', () => {
  const plan = planOf([step('p'), agentStep('a', ['p'], { agent: 'code' }), step('b', ['p'])]);
  const atWork = () => new FakeHistory(plan).task().complete('p#1').task();

  it('paused at once, and resumed', () => {
    const history = atWork().signal('pause', { mode: 'now' }).task();
    history.stop('b#1').stop('a#1/1', { usage: usage() }).task().signal('resume').task();
    expect(expectAgreementAlong('run-1', [history])).toBeGreaterThan(15);
    expect(history.open).toEqual(['a#1/2', 'b#2']);
  });

  it('redirected, with a step that the next run need not do again', () => {
    const history = atWork().signal('redirect', { id: 'm1', content: 'other', skip_to: 'code' }).task();
    history.stop('a#1/1').stop('b#1').task();
    const asked = history.events.find((event) => event.kind === 'child_initiated');
    if (asked?.kind !== 'child_initiated') throw new Error('no run was asked for');
    history.startRun(asked.runId).requestCancel('redirected').task();
    expect(expectAgreementAlong('run-1', [history])).toBeGreaterThan(10);
    const next = new FakeHistory(null, { runId: asked.runId, args: asked.args }).task();
    expect(expectAgreementAlong(asked.runId, [next])).toBeGreaterThan(4);
  });
});

describe('agents', () => {
  const plan = planOf([agentStep('a'), step('b', ['a'])], { limits: NO_LIMITS, agents: {}, workspace: null });
  const question: Question = {
    id: 'q1',
    kind: 'approval',
    step: 'a',
    attempt: 1,
    turn: 1,
    prompt: { value: 'Shall it?' },
    preview: 'Shall it?',
    form: null,
    call: toolCall('c1'),
    approvers: [],
    needed: 1,
    notStarter: false,
    askedAt: 1_000_000,
    expiresAt: null,
  };
  const answer = { by: 'ada', at: 1_000_000, answer: null, decision: 'approve' } as const;
  const moves: readonly ((run: ToldRun) => ToldRun)[] = [
    (run) => run.note({ type: 'step_started', step: 'a', attempt: 1, activityId: 'a#1/1' }),
    (run) => run.schedule('a#1/1', 'agent', { model: 'openai/small' }),
    (run) => run.answer('a#1/1', turn('h1', { usage: usage({ costMicros: 20 }) })),
    (run) => run.note({ type: 'question_asked', question }),
    (run) => run.note({ type: 'step_asking', step: 'a', attempt: 1 }),
    (run) => run.note({ type: 'question_answered', question: 'q1', answer }),
    (run) => run.note({ type: 'question_closed', question: 'q1', status: 'answered' }),
    (run) => run.note({ type: 'step_going_on', step: 'a', attempt: 1 }),
    (run) => run.schedule('a#1/2', 'agent', { model: 'openai/small' }),
    (run) => run.lose('a#1/2'),
    (run) => run.schedule('a#2/2', 'agent', { model: 'openai/small' }),
    (run) => run.answer('a#2/2', turn('h2', { usage: usage({ costMicros: null }), replayed: true })),
    (run) => run.schedule('a#2/3', 'agent', { model: 'openai/small' }),
    (run) => run.answer('a#2/3', turn('h2')),
    (run) =>
      run.note({ type: 'question_asked', question: { ...question, id: 'q2', kind: 'limit', call: null } }),
    (run) => run.end({ status: 'terminated', reason: 'terminated', error: null }),
  ];

  it('turns, lost calls, answers that count once, unknown prices, questions', () => {
    const run = new ToldRun(plan).note({ type: 'run_started' });
    const open: number[] = [];
    for (const move of moves) {
      const tables = move(run).tables();
      expectAgreement(tables);
      open.push(Object.values(tables.questions).filter((one) => one.status === 'open').length);
    }
    expect(Math.max(...open)).toBe(1);
    expect(run.tables().run).toMatchObject({ turns: 2, cost_estimate: null, status: 'terminated' });
  });
});
