/** What is said to a run, and what becomes of it. */
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../../protocol/envelope.ts';
import { checkpointOf } from '../../../workflows/core/index.ts';
import { digestOfMessage } from '../../../protocol/said.ts';
import { planOf, step } from '../../../workflows/core/testing/plans.ts';
import { agentStep, turn } from '../testing/agents.ts';
import {
  atWork,
  JWT,
  nextTurn,
  receipts,
  said,
  tablesOf,
  TALKED_TO,
  withTool,
} from '../testing/conversations.ts';
import { FakeHistory } from '../testing/fake-history.ts';
import { foldInPages } from '../testing/tables.ts';
import { INTERPRETER_VERSION } from '../../../protocol/envelope.ts';

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
    const timer = Object.entries(history.state?.timers ?? {}).find(([, one]) => one.for === 'message');
    const tables = tablesOf(history.fire(timer?.[0] ?? '').task());
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
    const tables = tablesOf(history.close({ status: 'terminated', identity: 'ops@desk' }));
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
    const first = new FakeHistory(RESTING)
      .task()
      .signal('comment', { id: 'c1', content: 'hello' })
      .signal('instruction', { id: 'm1', content: JWT })
      .task(true);
    const closed = first.events.at(-1);
    if (closed?.kind !== 'closed') throw new Error('it has not continued as new');
    const start = { executionId: 'execution-2', continuedFrom: 'execution-1', args: closed.args };
    const second = new FakeHistory(null, start, first.now)
      .task()
      .signal('comment', { id: 'c1', content: 'hello' })
      .signal('instruction', { id: 'm1', content: JWT })
      .task();
    for (const id of Object.keys(second.state?.timers ?? {})) {
      if (second.state?.timers[id]?.for === 'wait') second.fire(id);
    }
    second.task();
    const tables = tablesOf(first, second);
    expect(said(tables, 'c1')).toHaveLength(1);
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'acknowledged', readers: [{ step: 'a', turn: 1 }] },
    ]);
  });
});

describe('a reset', () => {
  const told = () => atWork().signal('instruction', { id: 'm1', content: JWT }).task();
  /** The first execution up to there, and what happened in the second. */
  const resetTo = (reset: FakeHistory, then: (reset: FakeHistory) => void) => {
    reset.add({ kind: 'other' });
    reset.add({ kind: 'task_started', continueSuggested: false });
    reset.add({
      kind: 'task_failed',
      reset: { newExecutionId: 'execution-2', reason: 'again', identity: 'ops' },
    });
    then(reset);
    return { executionId: 'execution-2', events: reset.events };
  };
  const folded = (base: FakeHistory, reset: { executionId: string; events: FakeHistory['events'] }) => {
    const whole = foldInPages('run-1', [base, reset], 1_000);
    expect(foldInPages('run-1', [base, reset], 1)).toEqual(whole);
    expect(whole.run?.diverged).toBeNull();
    return whole;
  };

  test('what waited at its point waits again, what came later came to nothing', () => {
    const base = told();
    withTool(base).signal('instruction', { id: 'm2', content: 'later' }).task();
    nextTurn(base);
    expect(said(tablesOf(base), 'm1')).toMatchObject([{ action_status: 'acknowledged' }]);
    base.close({ status: 'terminated', identity: 'history-resetter' });
    const reset = resetTo(told(), (history) => nextTurn(withTool(history)));
    const tables = folded(base, reset);
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
    const base = told();
    nextTurn(withTool(base)).reply('a#1/2', turn('h2')).task().complete('b#1').task();
    const tables = folded(
      base,
      resetTo(told(), () => undefined),
    );
    expect(said(tables, 'm1')).toMatchObject([
      { action_status: 'processed' },
      { action_status: 'pending', content: JWT, metadata: { restored: true } },
    ]);
  });

  test('an operator who starts the run anew leaves no message waiting', () => {
    const first = told();
    const again = new FakeHistory(TALKED_TO, { executionId: 'execution-2' }).task();
    const tables = foldInPages('run-1', [first, again], 1_000);
    expect(foldInPages('run-1', [first, again], 1)).toEqual(tables);
    expect(said(tables, 'm1')).toMatchObject([{ action_status: 'ignored', reason_code: 'run_closed' }]);
  });

  test('a run that was terminated and goes on has no message waiting', () => {
    const first = told();
    const carry = first.state === null ? null : checkpointOf(first.state);
    first.close({ status: 'terminated', identity: 'ops@desk' });
    const envelope: Envelope = {
      interpreter: INTERPRETER_VERSION,
      plan: TALKED_TO,
      epoch: 1,
      labels: {},
      startedBy: 'ann',
      ...(carry === null ? {} : { carry }),
      base: { executionId: 'execution-1', eventId: first.events.length },
      continue: {
        step: null,
        limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
        message: 'go on',
        by: 'bea',
      },
    };
    const second = new FakeHistory(
      null,
      { executionId: 'execution-2', args: [{}, envelope] },
      first.now,
    ).task();
    const tables = tablesOf(first, second);
    expect(said(tables, 'm1')).toMatchObject([{ action_status: 'ignored', reason_code: 'run_closed' }]);
    expect(tables.run).toMatchObject({ status: 'running', epoch: 1 });
  });
});

test('ten thousand comments, each sent twice: each stands in the thread once', () => {
  const history = new FakeHistory(planOf([step('a')])).task();
  for (let batch = 0; batch < 200; batch += 1) {
    const messages = Array.from({ length: 100 }, (_, i) => {
      const id = `c${(batch >> 1) * 100 + i}`;
      return { id, action: 'comment', content: `said in ${id} ${'x'.repeat(400)}` };
    });
    history.signal('messages', { messages });
    if (batch % 10 === 9) history.task();
  }
  const tables = foldInPages('run-1', [history], 50);
  expect(tables.run?.diverged).toBeNull();
  expect(tables.messages).toHaveLength(10_000);
  expect(new Set(tables.messages.map((row) => row.message_id)).size).toBe(10_000);
});
