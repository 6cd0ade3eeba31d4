/** What is said to a run, and what becomes of it. */
import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../../test/support/cases.ts';
import { digestOfMessage } from '../../../protocol/said.ts';
import { planOf, step } from '../../../workflows/core/testing/plans.ts';
import { turn } from '../../../testing/answers.ts';
import { agentStep } from '../../../workflows/core/testing/plans.ts';
import { receipts, said, tablesOf } from '../../../testing/histories.ts';
import { atWork, JWT, nextTurn, withTool } from '../testing/conversations.ts';
import { World } from '../../../testing/world.ts';

describe('an instruction', () => {
  const told = () =>
    atWork().signal('messages', { messages: [{ id: 'm1', action: 'instruction', content: JWT, by: 'bea' }] });

  test('waits, is read with a turn, and is done with when its agent has answered', () => {
    const history = told().task();
    const waiting = tablesOf(history);
    expect(said(waiting, 'm1')).toMatchObject([
      {
        message_type: 'user',
        action_type: 'instruction',
        action_status: 'pending',
        author: 'bea',
        content: JWT,
        acknowledged_at: null,
        processed_at: null,
        readers: [],
      },
    ]);
    const read = tablesOf(nextTurn(withTool(history)));
    expect(said(read, 'm1')).toMatchObject([
      {
        action_status: 'acknowledged',
        acknowledged_at: expect.any(String),
        processed_at: null,
        readers: [{ step: 'a', agent: 'plan', attempt: 1, turn: 2, status: 'acknowledged' }],
      },
    ]);
    expect(read.messages).toContainEqual(
      expect.objectContaining({
        message_type: 'agent',
        agent: 'plan',
        step: 'a',
        turn: 2,
        content: `Acknowledged user context: "${JWT}"; takes it into turn 2`,
      }),
    );
    const done = tablesOf(history.reply('a#1/2', turn('h2')).task());
    const [row] = said(done, 'm1');
    expect(row).toMatchObject({
      action_status: 'processed',
      processed_at: expect.any(String),
      readers: [{ turn: 2, status: 'processed' }],
    });
    const [acknowledged, answered, processed] = receipts(done);
    const answer = done.events.find((event) => event.type === 'llm_complete' && event.turn === 2);
    expect(acknowledged).toMatchObject({ step: 'a', turn: 2, caused_by: row?.seq, data: { agent: 'plan' } });
    expect(answered).toMatchObject({ caused_by: answer?.seq, data: { answered: true } });
    expect(processed?.data).toEqual({
      receipt: true,
      message: row?.seq,
      message_id: 'm1',
      action: 'instruction',
      status: 'processed',
    });
  });

  test.each([
    ['withdraw', { message: 'm1' }, 'withdrawn', 'withdrawn by cy'],
    ['instruction', { replaces: 'm1' }, 'superseded', 'message "m2" took its place'],
  ])('nobody has read: %s', (action, details, code, reason) => {
    const history = told()
      .signal('messages', { messages: [{ id: 'm2', action, by: 'cy', content: 'rather this', ...details }] })
      .task();
    const tables = tablesOf(history);
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'ignored', reason_code: code, reason, readers: [], processed_at: expect.any(String) },
    ]);
    const [second] = said(tables, 'm2');
    expect(second).toMatchObject({ metadata: details });
    expect(receipts(tables)).toMatchObject([{ caused_by: second?.seq, data: { code } }]);
  });

  test('too late', () => {
    const history = atWork().signal('instruction', { id: 'm1', content: JWT, expires_ms: 1000 }).task();
    const tables = tablesOf(history.fireNext().task());
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'ignored', reason_code: 'expired', metadata: { expires_ms: 1000 } },
    ]);
  });

  test('the run is terminated: neither what waits nor what was read gets any further', () => {
    const history = nextTurn(withTool(told().task()))
      .signal('instruction', { id: 'm2', content: 'x' })
      .task();
    history.signal('messages', {
      messages: [{ id: 'm3', action: 'instruction', content: 'y', target: 'a' }],
    });
    const tables = tablesOf(history.terminate());
    const ignored = { action_status: 'ignored', reason_code: 'run_closed' };
    expect(said(tables, 'm1')).toMatchObject([
      { ...ignored, reason: 'the run had ended before it was answered', readers: [{ turn: 2 }] },
    ]);
    expect(said(tables, 'm2')).toMatchObject([
      { ...ignored, reason: 'the run had ended before it was read' },
    ]);
    expect(said(tables, 'm3')).toMatchObject([{ ...ignored, content: 'y', metadata: { target: 'a' } }]);
  });

  test('a target that is no agent', () => {
    const tables = tablesOf(atWork().signal('instruction', { content: 'x', target: 'nobody' }).task());
    expect(tables.messages.find(({ action_type }) => action_type === 'instruction')).toMatchObject({
      message_id: null,
      action_status: 'ignored',
      reason_code: 'unknown_target',
      metadata: { target: 'nobody' },
    });
  });
});

describe('an id', () => {
  const comment = (id: string, content: string) => ({ id, action: 'comment', content });

  test('counts once: a comment said again is not said twice, however it comes', () => {
    const history = atWork()
      .signal('messages', { messages: [comment('c1', 'hello'), comment('c1', 'hello')] })
      .task()
      .signal('comment', { id: 'c1', content: 'hello' })
      .task();
    expect(said(tablesOf(history), 'c1')).toMatchObject([
      { action_status: 'processed', content: 'hello', processed_at: expect.any(String) },
    ]);
  });

  test('stands for one message: with other content it is refused', () => {
    const history = atWork()
      .signal('messages', { messages: [comment('c1', 'hello'), comment('c1', 'bye')] })
      .signal('pause', { id: 'p1', timeout_ms: 0 })
      .signal('comment', { id: 'p1', content: 'hello' })
      .task();
    const tables = tablesOf(history);
    expect(said(tables, 'c1')).toMatchObject([
      { action_status: 'processed' },
      { action_status: 'ignored', reason_code: 'id_reused', content: 'bye' },
    ]);
    expect(said(tables, 'p1')).toMatchObject([
      { action_type: 'pause', action_status: 'processed' },
      { action_type: 'comment', action_status: 'ignored', reason_code: 'id_reused' },
    ]);
  });

  test('stands for one message, however it is put: the row says so to whoever sends it again', () => {
    const history = atWork()
      .signal('comment', { id: 'c1', content: 'hello', by: 'ann' })
      .signal('messages', { messages: [{ by: 'ann', reason: 'hello', id: 'c1', action: 'comment' }] })
      .task();
    const [row, ...more] = said(tablesOf(history), 'c1');
    expect(more).toEqual([]);
    expect(row?.said).toBe(digestOfMessage('comment', { content: 'hello', by: 'ann' }));
    expect(row?.said).not.toBe(digestOfMessage('comment', { content: 'hello', by: 'bea' }));
  });

  const RESTING = planOf([
    step('w', [], { spec: { kind: 'wait', duration: '1h' } }),
    agentStep('a', ['w'], { agent: 'plan' }),
  ]);

  test('counts once across continue-as-new, and what waits goes on waiting', () => {
    const say = () =>
      run
        .signal('comment', { id: 'c1', content: 'hello' })
        .signal('instruction', { id: 'm1', content: JWT })
        .task();
    let isLong = false;
    const run = new World(RESTING, { continueSuggested: () => isLong }).task();
    isLong = true;
    expect(say().chain).toHaveLength(2);
    isLong = false;
    say();
    const tables = tablesOf(run.fireNext().task());
    expect(said(tables, 'c1')).toHaveLength(1);
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'acknowledged', readers: [{ step: 'a', turn: 1 }] },
    ]);
  });
});

describe('a reset', () => {
  const told = () => atWork().signal('instruction', { id: 'm1', content: JWT }).task();

  test('what waited at its point waits again, what came later came to nothing', () => {
    const run = nextTurn(withTool(told()).signal('instruction', { id: 'm2', content: 'later' }).task());
    expect(said(tablesOf(run), 'm1')).toMatchObject([{ action_status: 'acknowledged' }]);
    const tables = tablesOf(nextTurn(run.reset(2, { forgets: true }).task()));
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'acknowledged', readers: [{ step: 'a', turn: 2 }] },
    ]);
    expect(receipts(tables).filter(({ data }) => data['message_id'] === 'm1')).toMatchObject([
      { data: { status: 'acknowledged' } },
      { data: { status: 'pending', restored: true } },
      { data: { status: 'acknowledged' } },
    ]);
    expect(said(tables, 'm2')).toMatchObject([{ action_status: 'ignored', reason_code: 'run_closed' }]);
  });

  test('what had been settled meanwhile stands in the thread once more', () => {
    const run = nextTurn(withTool(told())).reply('a#1/2', turn('h2')).task().complete('b#1').task();
    expect(said(tablesOf(run.reset(2)), 'm1')).toMatchObject([
      { action_status: 'processed' },
      { action_status: 'pending', content: JWT, metadata: { restored: true } },
    ]);
  });

  test('an operator who starts the run anew leaves no message waiting', () => {
    const tables = tablesOf(told().terminate().restart().task());
    expect(said(tables, 'm1')).toMatchObject([{ action_status: 'ignored', reason_code: 'run_closed' }]);
  });

  test('a run that was terminated and goes on has no message waiting', () => {
    const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
    const run = told().terminate().continueRun({ step: null, limits, message: 'go on', by: 'bea' });
    const tables = tablesOf(run.task());
    expect(said(tables, 'm1')).toMatchObject([{ action_status: 'ignored', reason_code: 'run_closed' }]);
    expect(tables.run).toMatchObject({ status: 'running', epoch: 1 });
  });
});

test.runIf(isWhole)('ten thousand comments, each sent twice: each stands in the thread once', () => {
  const history = new World(planOf([step('a')])).task();
  for (let batch = 0; batch < 200; batch += 1) {
    const messages = Array.from({ length: 100 }, (_, i) => {
      const id = `c${(batch >> 1) * 100 + i}`;
      return { id, action: 'comment', content: `said in ${id} ${'x'.repeat(400)}` };
    });
    history.signal('messages', { messages });
    if (batch % 10 === 9) history.task();
  }
  const tables = history.tables();
  expect(tables.run?.diverged).toBeNull();
  expect(tables.messages).toHaveLength(10_000);
  expect(new Set(tables.messages.map((row) => row.message_id)).size).toBe(10_000);
});
