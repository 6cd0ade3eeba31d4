/** Pauses, model calls that are stopped, and questions, in the tables and in the thread. */
import { describe, expect, test } from 'vitest';
import { ask, planOf, step } from '../../../workflows/core/testing/plans.ts';
import { usage } from '../../../testing/answers.ts';
import { comments, said, tablesOf } from '../../../testing/histories.ts';
import { atWork, nextTurn, withTool } from '../testing/conversations.ts';
import { World } from '../../../testing/world.ts';
import type { Tables } from '../../../testing/tables.ts';

describe('a pause', () => {
  const PLAIN = planOf([step('x'), step('y'), step('z')]);
  const pausing = () => new World(PLAIN).task().signal('pause', { reason: 'look', by: 'bea' }).task();

  test('says how far it has come, until it holds', () => {
    const history = pausing();
    expect(tablesOf(history).run).toMatchObject({
      status: 'paused',
      pause: {
        mode: 'after_turn',
        by: 'bea',
        busy: 3,
        drained: 0,
        ends_at: expect.any(String),
        on_timeout: 'resume',
      },
    });
    history.complete('x#1').task();
    const draining = tablesOf(history);
    expect(draining.run).toMatchObject({ pause: { busy: 3, drained: 1 }, pause_drained_at: null });
    expect(draining.events.at(-1)).toMatchObject({
      data: { scope: 'run', from: 'paused', to: 'paused', drained: false, done: 1, of: 3 },
    });
    history.complete('y#1').complete('z#1').task();
    const held = tablesOf(history);
    expect(held.run).toMatchObject({ pause: { drained: 3 }, pause_drained_at: expect.any(String) });
    const resumed = tablesOf(history.signal('resume').task());
    expect(resumed.run).toMatchObject({ status: 'completed', is_paused: false, pause: null });
    expect(comments(resumed)).toEqual(
      expect.arrayContaining([
        'Workflow paused at user request: look (after_turn; 3 steps still at work)',
        'Workflow resumed',
      ]),
    );
  });

  test('becomes stricter: what runs is stopped, and starts again under the same key', () => {
    const history = pausing().signal('pause', { mode: 'now', timeout_ms: 0 }).task();
    const stricter = tablesOf(history);
    expect(stricter.run?.pause).toMatchObject({ mode: 'now', ends_at: null });
    expect(stricter.events.find(({ data }) => data['stricter'] === true)).toMatchObject({
      data: { from: 'paused', to: 'paused', mode: 'now' },
    });
    history.stop('x#1').stop('y#1').stop('z#1').task();
    const held = tablesOf(history);
    expect(held.run).toMatchObject({ pause: { drained: 3 }, pause_drained_at: expect.any(String) });
    expect(held.steps['x']).toMatchObject({ status: 'pending', attempt: 1 });
    expect(held.attempts['0/x#1']).toMatchObject({
      status: 'cancelled',
      error: { type: 'interrupted', message: 'stopped by a pause' },
    });
    history.signal('resume').task().complete('x#2').complete('y#2').complete('z#2').task();
    const done = tablesOf(history);
    expect(done.run).toMatchObject({ status: 'completed' });
    expect(done.attempts['0/x#2']).toMatchObject({ status: 'completed' });
  });

  test('a pause of a paused run is refused, with its code', () => {
    const tables = tablesOf(pausing().signal('pause', { id: 'p2' }).task());
    expect(said(tables, 'p2')).toMatchObject([{ action_status: 'ignored', reason_code: 'refused' }]);
  });

  test('an agent says that it goes on, and reads what came with the resume', () => {
    const history = withTool(atWork()).signal('pause', { mode: 'after_turn', reason: 'wait' }).task();
    nextTurn(history);
    expect(history.openIds).toEqual([]);
    history.signal('resume', { id: 'r1', reason: 'go', context: 'Use cookies' }).task();
    const tables = tablesOf(history);
    const told = comments(tables);
    const from = told.findIndex((content) => content?.startsWith('Workflow paused at user request: wait'));
    expect(told.slice(from)).toEqual(
      expect.arrayContaining(['Workflow resumed', 'Continuing plan agent execution…']),
    );
    expect(told.filter((content) => content?.startsWith('Continuing'))).toHaveLength(1);
    expect(said(tables, 'r1')).toMatchObject([
      {
        action_type: 'resume',
        action_status: 'acknowledged',
        metadata: { context: 'Use cookies' },
        readers: [{ step: 'a' }],
      },
    ]);
    expect(told).toContain('Acknowledged user context: "Use cookies"; takes it into turn 2');
  });

  test('an agent that was at work all the time does not say so', () => {
    const history = atWork().signal('pause').task().signal('resume').task();
    nextTurn(withTool(history));
    expect(comments(tablesOf(history)).filter((content) => content?.startsWith('Continuing'))).toEqual([]);
  });
});

describe('a model call that is stopped', () => {
  const aborted = {
    session: { id: 'ses_1', name: 'writer' },
    partial: { head: 'p1', preview: 'I was about to' },
    usage: usage(),
  };

  test('by a message that is to be heard at once', () => {
    const history = atWork()
      .signal('instruction', { id: 'm1', content: 'Stop that', delivery: 'interrupt' })
      .task()
      .stop('a#1/1', aborted)
      .task();
    const tables = tablesOf(history);
    const [row] = said(tables, 'm1');
    expect(row).toMatchObject({ action_status: 'acknowledged', readers: [{ turn: 2 }] });
    expect(tables.calls['0/a#1/1']).toMatchObject({ status: 'aborted', total_tokens: 120 });
    expect(tables.run).toMatchObject({ turns: 1, total_tokens: 120 });
    expect(tables.events.find(({ type }) => type === 'interrupt')).toMatchObject({
      step: 'a',
      turn: 1,
      caused_by: row?.seq,
      data: { why: 'message', preview: 'I was about to' },
    });
    expect(comments(tables)).toContain(
      'Interrupted to hear a message in turn 1; partial answer kept: "I was about to"',
    );
  });

  test('by a pause, before it had said anything; it goes on', () => {
    const history = atWork().signal('pause', { mode: 'now' }).task().stop('a#1/1').task();
    expect(tablesOf(history).steps['a']).toMatchObject({ status: 'running' });
    const tables = tablesOf(history.signal('resume').task());
    const told = comments(tables);
    expect(told).toContain('Interrupted by the pause in turn 1; nothing had been said yet');
    expect(told).toContain('Continuing plan agent execution…');
    expect(tables.calls['0/a#1/1']).toMatchObject({ status: 'aborted', total_tokens: null });
  });
});

describe('a question in the thread', () => {
  const asks = step('q', [], { spec: ask({ timeoutMs: 60_000 }) });
  const asking = () => new World(planOf([asks])).task();
  const entry = ({ messages }: Tables) => messages.find(({ metadata }) => metadata['form'] !== undefined);

  test('has its form, and says when it is answered', () => {
    const history = asking();
    const asked = tablesOf(history);
    const id = Object.keys(asked.questions)[0];
    expect(entry(asked)).toMatchObject({
      content: 'Asks: Go on?',
      metadata: { question: id, kind: 'ask', form: { type: 'boolean' }, status: 'open' },
    });
    const answered = tablesOf(history.signal('answer', { question: id, answer: true, by: 'bea' }).task());
    expect(entry(answered)?.metadata).toMatchObject({ status: 'answered' });
  });

  test('expires later after a pause', () => {
    const history = asking();
    const before = Object.values(tablesOf(history).questions)[0]?.expires_at ?? '';
    history.signal('pause').task();
    for (let i = 0; i < 50; i += 1) history.add({ kind: 'other' });
    history.signal('resume').task();
    const tables = tablesOf(history);
    const after = Object.values(tables.questions)[0]?.expires_at ?? '';
    expect(Date.parse(after) - Date.parse(before)).toBeGreaterThanOrEqual(500);
    expect(tables.events.find(({ data }) => data['action'] === 'postponed')).toMatchObject({
      type: 'question',
      data: { expires_at: after },
    });
  });
});
