/** A run that is redirected, and the one that takes its place. */
import { describe, expect, test } from 'vitest';
import { planOf, step } from '../../workflows/core/testing/plans.ts';
import { agentStep } from '../../workflows/core/testing/plans.ts';
import { said, tablesOf } from '../../testing/histories.ts';
import { World } from '../../testing/world.ts';
import { foldInPages } from '../../testing/tables.ts';

describe('a redirect', () => {
  const CHAIN = planOf([step('p'), agentStep('a', ['p'], { agent: 'code' }), step('t', ['a'])]);
  const TASK = 'REDIRECT: Actually, make this a dropdown menu instead of a button';
  const redirected = () =>
    new World(CHAIN)
      .task()
      .complete('p#1', 'the plan')
      .task()
      .signal('redirect', { id: 'm1', content: TASK, skip_to: 'code', by: 'bea' })
      .task()
      .stop('a#1/1')
      .task();
  const successorOf = (history: World) => {
    const asked = history.events.find((event) => event.kind === 'child_initiated');
    if (asked?.kind !== 'child_initiated') throw new Error('no run was asked for');
    return asked;
  };

  test('the run ends cancelled as redirected, and says where it goes on', () => {
    const history = redirected();
    const { runId } = successorOf(history);
    history.answerRun(runId).requestCancel('redirected').task();
    const tables = tablesOf(history);
    expect(tables.run).toMatchObject({
      status: 'cancelled',
      terminal_reason: 'redirected',
      lineage: { redirected_to: runId },
      error: { type: 'redirected' },
      metadata: { ended_by: { action: 'redirect', by: 'bea' } },
    });
    expect(said(tables, 'm1')).toMatchObject([
      { action_type: 'redirect', action_status: 'processed', content: TASK, metadata: { skip_to: 'code' } },
    ]);
    expect(
      tables.messages.filter(({ message_type, step: key }) => message_type === 'system' && key === null),
    ).toMatchObject([
      { content: 'Creating new workflow with updated instructions...' },
      { content: `Original workflow cancelled, new workflow ${runId} created` },
    ]);
    expect(history.events.at(-1)).toMatchObject({ kind: 'closed', status: 'cancelled' });
  });

  test('a run that is there already counts as started; closed without Temporal’s request it ends the same', () => {
    const history = redirected();
    history.answerRun(successorOf(history).runId, 'WORKFLOW_ALREADY_EXISTS').task();
    for (const id of history.timers.keys()) history.fire(id);
    expect(tablesOf(history.task()).run).toMatchObject({
      status: 'cancelled',
      terminal_reason: 'redirected',
    });
    expect(history.events.at(-1)).toMatchObject({ kind: 'closed', failureType: 'redirected' });
  });

  test('one that Temporal does not start leaves the run cancelled, with the reason', () => {
    const history = redirected();
    history.answerRun(successorOf(history).runId, 'NAMESPACE_NOT_FOUND').task();
    for (const id of history.timers.keys()) history.fire(id);
    const { run } = tablesOf(history.task());
    expect(run).toMatchObject({ status: 'cancelled', terminal_reason: 'cancelled', lineage: {} });
    expect(run?.error_message).toContain('NAMESPACE_NOT_FOUND');
  });

  test('another run than the core asked for is a difference', () => {
    const history = redirected();
    Object.assign(successorOf(history), { args: [{}, {}] });
    expect(foldInPages('run-1', history.chain, 5).run?.diverged).toMatchObject({
      found: expect.stringContaining('other arguments at $[1]'),
    });
  });

  test('a run that repeats another one names it', () => {
    const again = new World(null, { args: [{}, { rerunOf: 'run-1' }] }).task();
    expect(tablesOf(again).run?.lineage).toEqual({ rerun_of: 'run-1' });
  });

  test('the successor says where it comes from, and what it need not do again', () => {
    const { runId, args } = successorOf(redirected());
    const next = new World(null, { runId, executionId: 'execution-9', args }).task();
    const tables = tablesOf(next);
    expect(tables.run).toMatchObject({
      status: 'running',
      lineage: { redirected_from: 'run-1', message: 'm1', taken_over: ['p'] },
    });
    expect(tables.messages[0]).toMatchObject({
      seq: 1,
      message_type: 'system',
      content: `Redirected from run-1: ${TASK}`,
    });
    expect(tables.steps['p']).toMatchObject({
      status: 'completed',
      attempt: 0,
      output: 'the plan',
      completed_at: expect.any(String),
    });
    const took = tables.events.find(({ data }) => data['taken_over'] === true);
    expect(took).toMatchObject({ step: 'p', attempt: null, data: { to: 'completed', from_run: 'run-1' } });
    expect(tables.events.find((event) => event.step === 'a')).toMatchObject({ caused_by: took?.seq });
  });
});
