import { describe, expect, test } from 'vitest';
import { planOf, step } from '../../workflows/core/testing/plans.ts';
import type { Question } from '../../protocol/question.ts';
import type { StepError } from '../../protocol/failure.ts';
import { agentStep, callSums, NO_LIMITS, toolCall, turn, usage } from './testing/agents.ts';
import { ToldRun } from './testing/told-run.ts';
import type { EventRow } from './rows.ts';

const PLAN = planOf([agentStep('a'), step('b', ['a'])], { limits: NO_LIMITS, agents: {}, workspace: null });
const ERROR: StepError = { type: 'model_error', category: 'TASK_ERROR', message: 'HTTP 500', attempt: 1 };
const SEGMENT = { segment: 1, limits: { ...NO_LIMITS, maxTurns: 30 }, message: null, by: null };

/** An agent in its first turn. */
function begun(): ToldRun {
  return new ToldRun(PLAN)
    .note({ type: 'step_started', step: 'a', attempt: 1, activityId: 'a#1/1' })
    .note({ type: 'segment_started', step: 'a', ...SEGMENT })
    .note(turnOf(1))
    .schedule('a#1/1', 'agent', { model: 'openai/small' });
}

const turnOf = (number: number, attempt = 1, model: string | null = 'openai/small') =>
  ({
    type: 'agent_turn',
    step: 'a',
    attempt,
    turn: number,
    segment: 1,
    model,
    activityId: `a#${attempt}/${number}`,
  }) as const;
const called = (index: number, id: string, turnNumber = 1) =>
  ({
    type: 'tool_called',
    step: 'a',
    attempt: 1,
    turn: turnNumber,
    index,
    call: toolCall(id),
    activityId: `a#1/${turnNumber}.${index}`,
  }) as const;
const answered = (index: number, comment: string, turnNumber = 1) =>
  ({
    type: 'tool_answered',
    step: 'a',
    attempt: 1,
    turn: turnNumber,
    index,
    name: 'read_file',
    isError: false,
    output: { value: 'text' },
    preview: 'text',
    comment,
  }) as const;

/** Types and contents from an event back to the root. */
function chain(events: readonly EventRow[], from: EventRow | undefined): string[] {
  const path: string[] = [];
  for (let at = from; at !== undefined; at = events.find(({ seq }) => seq === at?.caused_by))
    path.push(at.type);
  return path;
}

describe('model calls', () => {
  test('a call is a row before anybody works on it, and its figures move with its own event', () => {
    const run = begun();
    expect(run.tables().calls['0/a#1/1']).toMatchObject({
      status: 'running',
      provider: 'openai',
      requested_model: 'small',
      model: null,
      total_tokens: null,
      segment: 1,
    });
    run.answer('a#1/1', turn('h1', { calls: [toolCall('c1')] }));
    const tables = run.tables();
    expect(tables.calls['0/a#1/1']).toMatchObject({
      status: 'completed',
      model: 'small-2026',
      session_id: 'ses_1',
      worker: 'worker-1',
      total_tokens: 120,
      cost_estimate: 300,
      first_token_ms: 12,
      price_version: '1',
    });
    expect(tables.run).toMatchObject({
      ...callSums(tables),
      turns: 1,
      session_id: 'ses_1',
      session_name: 'writer',
    });
    expect(tables.steps['a']).toMatchObject({
      status: 'running',
      agent: 'writer',
      model: 'openai/small-2026',
      turns: 1,
      segments: [{ segment: 1, turns: 1, total_tokens: 120, cost_estimate: 300, completed_at: null }],
    });
    // The turn has ended, the attempt has not.
    expect(tables.attempts['0/a#1']).toMatchObject({
      status: 'running',
      completed_at: null,
      usage: { turns: 1 },
    });
  });

  test('a lost call has no figures; the answer found stored is counted once', () => {
    const run = begun()
      .lose('a#1/1')
      .note({ type: 'step_retrying', step: 'a', attempt: 1, error: ERROR, delayMs: 5 })
      .note({ type: 'step_started', step: 'a', attempt: 2, activityId: 'a#2/1' })
      .note(turnOf(1, 2))
      .schedule('a#2/1')
      .answer('a#2/1', turn('h1', { replayed: true }));
    const tables = run.tables();
    expect(tables.calls['0/a#1/1']).toMatchObject({
      status: 'lost',
      total_tokens: null,
      cost_estimate: null,
      error: { type: 'worker_lost' },
    });
    expect(tables.calls['0/a#2/1']).toMatchObject({ status: 'completed', replayed: true, total_tokens: 120 });
    expect(tables.run).toMatchObject({ ...callSums(tables), turns: 1, cost_estimate: 300 });
    run.schedule('a#3/1').answer('a#3/1', turn('h1', { replayed: true }));
    const again = run.tables();
    expect(again.calls['0/a#3/1']).toMatchObject({ status: 'completed', replayed: true, total_tokens: null });
    expect(again.run).toMatchObject({ ...callSums(again), turns: 1, cost_estimate: 300 });
  });

  test('figures that nobody told are unknown, and say so', () => {
    const untold = usage({
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      reasoningTokens: null,
      totalTokens: 0,
      costMicros: null,
      note: 'untold',
    });
    const tables = begun()
      .answer('a#1/1', turn('h1', { usage: untold }))
      .tables();
    expect(tables.calls['0/a#1/1']).toMatchObject({
      ...{
        input_tokens: null,
        output_tokens: null,
        total_tokens: 0,
        cost_estimate: null,
        cache_read_tokens: null,
        usage_note: 'untold',
      },
    });
    expect(tables.run).toMatchObject({ ...callSums(tables), turns: 1, cost_estimate: null });
  });

  test('failed and aborted calls count with what they consumed; an unknown price makes the sum unknown', () => {
    const details = { usage: usage({ costMicros: null }) };
    const tables = begun()
      .fail('a#1/1', { kind: 'application', type: 'model_error', message: 'HTTP 500', details })
      .schedule('a#2/1')
      .stop('a#2/1', { usage: usage() })
      .schedule('a#3/1')
      .fail('a#3/1', {
        kind: 'application',
        type: 'model_unauthorized',
        message: 'HTTP 401',
        details: { asked: { provider: 'openai', model: 'large' } },
      })
      .tables();
    expect(tables.calls['0/a#1/1']).toMatchObject({
      status: 'failed',
      total_tokens: 120,
      cost_estimate: null,
      error: { type: 'model_error', message: 'HTTP 500' },
    });
    expect(tables.calls['0/a#2/1']).toMatchObject({
      status: 'aborted',
      total_tokens: 120,
      cost_estimate: 300,
    });
    expect(tables.calls['0/a#3/1']).toMatchObject({
      status: 'failed',
      provider: 'openai',
      requested_model: 'large',
      total_tokens: null,
    });
    expect(tables.run).toMatchObject({
      ...callSums(tables),
      turns: 2,
      total_tokens: 240,
      cost_estimate: null,
    });
  });

  test('a call that is open when the run ends is aborted', () => {
    const ending = { status: 'terminated', reason: 'terminated', error: null } as const;
    expect(begun().end(ending).tables().calls['0/a#1/1']).toMatchObject({ status: 'aborted' });
  });
});

describe('what led to what', () => {
  test('an answer leads to its calls, the last tool to answer leads to the next turn', () => {
    const { events, messages } = begun()
      .answer('a#1/1', turn('h1', { calls: [toolCall('c1'), toolCall('c2')] }))
      .note(called(0, 'c1'))
      .note(called(1, 'c2'))
      .note(answered(1, 'Reading file: b.txt (2 bytes)'))
      .note(answered(0, 'Reading file: a.txt (1 bytes)'))
      .note(turnOf(2))
      .schedule('a#1/2')
      .answer('a#1/2', turn('h2'))
      .note({ type: 'step_completed', step: 'a', attempt: 1, result: { value: 'x', bytes: 3, preview: 'x' } })
      .tables();
    const of = (type: string) => events.filter((event) => event.type === type);
    const [first, second] = of('llm_complete');
    expect(first).toMatchObject({
      turn: 1,
      caused_by: events.find(({ data }) => data['to'] === 'running' && data['scope'] === 'step')?.seq,
    });
    expect(of('tool_call').map(({ caused_by }) => caused_by)).toEqual([first?.seq, first?.seq]);
    const [one, two] = of('tool_call');
    expect(of('tool_response').map(({ caused_by }) => caused_by)).toEqual([two?.seq, one?.seq]);
    expect(second).toMatchObject({ turn: 2, caused_by: of('tool_response').at(-1)?.seq });
    expect(chain(events, events.at(-1))).toEqual([
      'status_change',
      'llm_complete',
      'tool_response',
      'tool_call',
      'llm_complete',
      'status_change',
      'status_change',
    ]);
    expect(messages.map(({ content }) => content)).toEqual([
      'Starting writer agent - Step a',
      'Calling model openai/small (turn 1)',
      'Reading file: b.txt (2 bytes)',
      'Reading file: a.txt (1 bytes)',
      'Calling model openai/small (turn 2)',
      'writer agent completed: x (2 turns, 240 tokens, $0.0006)',
    ]);
    expect(messages[2]).toMatchObject({
      message_type: 'agent',
      action_type: 'comment',
      action_status: 'processed',
      author: 'writer',
      agent: 'writer',
      step: 'a',
      attempt: 1,
      turn: 1,
    });
  });

  test('a correction and another model lead to what follows', () => {
    const { events, messages } = begun()
      .answer('a#1/1', turn('h1', { correction: 'no number' }))
      .note({ type: 'agent_corrected', step: 'a', attempt: 1, turn: 1, correction: 'no number' })
      .schedule('a#1/2')
      .fail('a#1/2', { kind: 'application', type: 'model_error', message: 'HTTP 500', details: {} })
      .note({ type: 'step_retrying', step: 'a', attempt: 1, error: ERROR, delayMs: 0 })
      .note({
        type: 'agent_fallback',
        step: 'a',
        attempt: 1,
        from: 'openai/small',
        to: 'openai/big',
        error: ERROR,
      })
      .schedule('a#2/2')
      .answer('a#2/2', turn('h2'))
      .tables();
    expect(chain(events, events.at(-1))).toEqual([
      'llm_complete',
      'error',
      'error',
      'llm_complete',
      'status_change',
      'status_change',
    ]);
    expect(messages.map(({ content }) => content)).toEqual(
      expect.arrayContaining([
        'Asked again: the answer does not fit its schema',
        'Model openai/small failed (HTTP 500); trying openai/big',
      ]),
    );
  });
});

describe('questions', () => {
  const approval: Question = {
    id: 'q1',
    kind: 'approval',
    step: 'a',
    attempt: 1,
    turn: 1,
    prompt: { value: 'May it?' },
    preview: 'May it?',
    form: null,
    call: toolCall('c1', 'write_file', { path: 'x.txt' }),
    approvers: ['ann'],
    needed: 1,
    notStarter: true,
    askedAt: 5_000,
    expiresAt: 65_000,
  };
  const asked = () =>
    begun()
      .answer('a#1/1', turn('h1', { calls: [toolCall('c1')] }))
      .note({ type: 'question_asked', question: approval })
      .note({ type: 'step_asking', step: 'a', attempt: 1 });

  test('an approval waits with its exact arguments, and says so', () => {
    const tables = asked().tables();
    expect(tables.questions['q1']).toMatchObject({
      status: 'open',
      call: { id: 'c1', name: 'write_file', input: { value: { path: 'x.txt' } } },
      approvers: ['ann'],
      not_starter: true,
      asked_at: '1970-01-01T00:00:05.000Z',
      expires_at: '1970-01-01T00:01:05.000Z',
      answers: [],
    });
    expect(tables.steps['a']).toMatchObject({ status: 'waiting' });
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'waiting' });
    expect(tables.run?.needs).toMatchObject([{ step: 'a', kind: 'approval' }]);
    expect(tables.run?.needs[0]?.message).toMatch(
      /"decision": "approve"\} or: baton answer run-1 q1 --approve$/,
    );
    expect(tables.messages.at(-1)?.content).toBe('Asks for a yes: write_file {"path":"x.txt"}');
  });

  test('the answer leads to the call, and is kept with who gave it', () => {
    const run = asked();
    const command = run.view.rows.addEvent(
      { executionId: 'execution-1', eventId: 9, timeMs: 1_000_000 },
      { type: 'message', data: {}, causedBy: null },
    );
    const answer = { by: 'ann', at: 7_000, answer: null, decision: 'approve' } as const;
    const {
      events,
      questions,
      run: row,
    } = run
      .note({ type: 'question_answered', question: 'q1', answer }, command)
      .note({ type: 'question_closed', question: 'q1', status: 'answered' })
      .note({ type: 'step_going_on', step: 'a', attempt: 1 })
      .note(called(0, 'c1'))
      .tables();
    expect(questions['q1']).toMatchObject({
      status: 'answered',
      answers: [{ by: 'ann', at: '1970-01-01T00:00:07.000Z', answer: null, decision: 'approve' }],
    });
    expect(row?.needs).toEqual([]);
    const call = events.find(({ type }) => type === 'tool_call');
    const cause = events.find(({ seq }) => seq === call?.caused_by);
    expect(cause).toMatchObject({ type: 'question', data: { action: 'closed', status: 'answered' } });
    expect(chain(events, call)).toEqual(['tool_call', 'question', 'question', 'message']);
  });

  test('what nobody has answered is withdrawn when the run ends', () => {
    const ending = { status: 'terminated', reason: 'terminated', error: null } as const;
    const tables = asked().end(ending).tables();
    expect(tables.questions['q1']).toMatchObject({ status: 'withdrawn', closed_at: expect.any(String) });
    expect(tables.run?.needs).toEqual([]);
  });
});

describe('limits', () => {
  const limit = { step: 'a', limit: 'max_turns', of: 30 } as const;

  test('a warning, the limit, and what the run needs', () => {
    const tables = begun()
      .answer('a#1/1', turn('h1', { calls: [toolCall('c1')] }))
      .note({ type: 'limit_near', ...limit, used: 24 })
      .note({ type: 'limit_reached', ...limit, used: 30 })
      .note({
        type: 'step_failed',
        step: 'a',
        attempt: 1,
        error: { type: 'error_max_turns', category: 'TASK_ERROR', message: 'used up', attempt: 1 },
        tolerated: false,
      })
      .note({ type: 'run_failed', reason: 'error_max_turns', message: 'used up', step: 'a' })
      .tables();
    const need =
      'step "a" used 30 of 30 turns; go on with POST /runs/run-1/continue {"additional_turns": 20} or: baton continue run-1 --turns 20';
    expect(tables.run).toMatchObject({
      status: 'failed',
      terminal_reason: 'error_max_turns',
      error_message: need,
      needs: [{ step: 'a', kind: 'limit', message: need }],
    });
    expect(tables.steps['a']?.segments).toMatchObject([
      { terminal_reason: 'error_max_turns', turns: 1, max_turns: 30 },
    ]);
    const contents = tables.messages.map(({ content }) => content);
    expect(contents).toContain('24 of 30 turns used (80 %)');
    expect(contents).toContain('writer agent failed: used up');
    expect(tables.events.filter(({ type }) => type === 'limit').map(({ data }) => data['reached'])).toEqual([
      false,
      true,
    ]);
  });

  test('a further segment has figures of its own', () => {
    const tables = begun()
      .answer('a#1/1', turn('h1', { calls: [toolCall('c1')] }))
      .note({ type: 'limit_reached', ...limit, used: 30 })
      .note({ type: 'segment_started', step: 'a', ...SEGMENT, segment: 2, message: 'finish', by: 'ann' })
      .schedule('a#1/2')
      .answer('a#1/2', turn('h2'))
      .note({ type: 'step_completed', step: 'a', attempt: 1, result: { value: 'x', bytes: 3, preview: 'x' } })
      .tables();
    expect(tables.steps['a']).toMatchObject({
      turns: 2,
      segments: [
        { segment: 1, turns: 1, terminal_reason: 'error_max_turns' },
        { segment: 2, turns: 1, message: 'finish', by: 'ann' },
      ],
    });
    expect(tables.calls['0/a#1/2']).toMatchObject({ segment: 2 });
    expect(tables.run?.needs).toEqual([]);
  });
});

test('the workspace stands in the thread', () => {
  const ready = { generation: 1, path: '/w/run-1', commit: 'abc', comment: 'Workspace: cloned abc' };
  const tables = new ToldRun(PLAN)
    .note({ type: 'workspace_opening', generation: 1, reason: null })
    .note({ type: 'workspace_ready', ...ready })
    .tables();
  expect(tables.messages).toMatchObject([
    { message_type: 'system', content: 'Making the workspace…' },
    { content: 'Workspace: cloned abc' },
  ]);
});
