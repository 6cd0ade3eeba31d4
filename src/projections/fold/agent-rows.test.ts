/** Agents in the tables: their calls, what led to what, their questions and limits. */
import { describe, expect, test } from 'vitest';
import type { StepSpec } from '../../plan/plan.ts';
import { openTurn } from '../../testing/agents.ts';
import { toolAnswer, toolCall, turn, usage } from '../../testing/answers.ts';
import { tablesOf } from '../../testing/histories.ts';
import { World } from '../../testing/world.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agentStep, planOf, retries, step } from '../../workflows/core/testing/plans.ts';
import type { EventRow } from '../../tables/projected/workflow-events.ts';

const PLAN = planOf([agentStep('a', [], {}, { retry: retries(3) }), step('b', ['a'])]);
const NO_MORE = { turns: null, tokens: null, costMicros: null, durationMs: null };

/** An agent in its first turn. */
const begun = (plan = PLAN) => new World(plan).task();
const asking = (...ids: readonly string[]) => turn('h1', { calls: ids.map((id) => toolCall(id)) });

/** Types from an event back to the root. */
function chain(events: readonly EventRow[], from: EventRow | undefined): string[] {
  const path: string[] = [];
  for (let at = from; at !== undefined; at = events.find(({ seq }) => seq === at?.caused_by))
    path.push(at.type);
  return path;
}

describe('model calls', () => {
  test('a call is a row before anybody works on it, and its figures move with its own event', () => {
    const run = begun();
    expect(tablesOf(run).calls['0/a#1/1']).toMatchObject({
      status: 'running',
      provider: 'openai',
      requested_model: 'small',
      model: null,
      total_tokens: null,
      segment: 1,
    });
    const tables = tablesOf(run.reply('a', asking('c1')));
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
    expect(tables.run).toMatchObject({ turns: 1, session_id: 'ses_1', session_name: 'writer' });
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
    const replayed = turn('h1', { replayed: true });
    const run = begun().lose('a').task().fireNext().task().reply('a#2/1', replayed);
    const tables = tablesOf(run);
    expect(tables.calls['0/a#1/1']).toMatchObject({
      status: 'lost',
      total_tokens: null,
      cost_estimate: null,
      error: { type: 'worker_lost' },
    });
    expect(tables.calls['0/a#2/1']).toMatchObject({ status: 'completed', replayed: true, total_tokens: 120 });
    expect(tables.run).toMatchObject({ turns: 1, cost_estimate: 300 });
    run.terminate().continueRun({ step: null, limits: NO_MORE, message: null, by: null }).task();
    const again = tablesOf(run.reply(openTurn(run, 'a'), replayed));
    const [repeated] = Object.values(again.calls).filter(({ epoch }) => epoch === 1);
    expect(repeated).toMatchObject({ status: 'completed', replayed: true, total_tokens: null });
    expect(again.run).toMatchObject({ turns: 1, cost_estimate: 300 });
  });

  test('figures that nobody told are unknown, and say so', () => {
    const told = { inputTokens: null, outputTokens: null, cacheReadTokens: null, reasoningTokens: null };
    const untold = usage({ ...told, totalTokens: 0, costMicros: null, note: 'untold' });
    const tables = tablesOf(begun().reply('a', turn('h1', { usage: untold })));
    expect(tables.calls['0/a#1/1']).toMatchObject({
      input_tokens: null,
      output_tokens: null,
      total_tokens: 0,
      cost_estimate: null,
      cache_read_tokens: null,
      usage_note: 'untold',
    });
    expect(tables.run).toMatchObject({ turns: 1, cost_estimate: null });
  });

  test('failed and aborted calls count with what they consumed; an unknown price makes the sum unknown', () => {
    const run = begun()
      .fail('a', 'model_error', { usage: usage({ costMicros: null }) })
      .task()
      .fireNext()
      .task()
      .signal('pause', { mode: 'now' })
      .task();
    run.stop('a', { usage: usage() }).signal('resume').task();
    run.fail('a', 'model_unauthorized', { asked: { provider: 'openai', model: 'large' } }).task();
    const tables = tablesOf(run);
    expect(Object.values(tables.calls)).toMatchObject([
      {
        status: 'failed',
        total_tokens: 120,
        cost_estimate: null,
        error: { type: 'model_error', message: 'a said no' },
      },
      { status: 'aborted', total_tokens: 120, cost_estimate: 300 },
      { status: 'failed', provider: 'openai', requested_model: 'large', total_tokens: null },
    ]);
    expect(tables.run).toMatchObject({ turns: 2, total_tokens: 240, cost_estimate: null });
  });

  test('a call that is open when the run ends is aborted', () => {
    expect(tablesOf(begun().terminate()).calls['0/a#1/1']).toMatchObject({ status: 'aborted' });
  });
});

describe('what led to what', () => {
  test('an answer leads to its calls, the last tool to answer leads to the next turn', () => {
    const run = begun().reply('a', asking('c1', 'c2')).task();
    run.reply('a#1/1.1', toolAnswer('b', { comment: 'Reading file: b.txt (2 bytes)' })).task();
    run.reply('a#1/1.0', toolAnswer('a', { comment: 'Reading file: a.txt (1 bytes)' })).task();
    const { events, messages } = tablesOf(run.reply('a#1/2', turn('h2')).task());
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
    const completed = events.find((event) => event.step === 'a' && event.data['to'] === 'completed');
    expect(chain(events, completed)).toEqual([
      'status_change',
      'llm_complete',
      'tool_response',
      'tool_call',
      'llm_complete',
      'status_change',
      'workflow_start',
    ]);
    expect(messages.map(({ content }) => content)).toEqual([
      'Starting writer agent - Step a',
      'Calling model openai/small (turn 1)',
      'Reading file: b.txt (2 bytes)',
      'Reading file: a.txt (1 bytes)',
      'Calling model openai/small (turn 2)',
      'writer agent completed: done (2 turns, 240 tokens, $0.0006)',
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
    const models = ['openai/small', 'openai/big'];
    const run = begun(planOf([agentStep('a', [], { models })]));
    run
      .reply('a', turn('h1', { correction: 'no number' }))
      .task()
      .fail('a', 'model_error')
      .task();
    const { events, messages } = tablesOf(run.reply(openTurn(run, 'a'), turn('h2')));
    expect(chain(events, events.at(-1))).toEqual([
      'llm_complete',
      'status_change',
      'error',
      'error',
      'llm_complete',
      'status_change',
      'workflow_start',
    ]);
    expect(messages.map(({ content }) => content)).toEqual(
      expect.arrayContaining([
        'Asked again: the answer does not fit its schema',
        'Model openai/small failed (a said no); trying openai/big',
      ]),
    );
  });
});

describe('questions', () => {
  const CAREFUL = planOf([agentStep('a', [], { approve: ['write_file'] })]);
  const writing = turn('h1', { calls: [toolCall('c1', 'write_file', { path: 'x.txt' })] });
  const asked = () => begun(CAREFUL).reply('a', writing).task();

  test('an approval waits with its exact arguments, and says so', () => {
    const tables = tablesOf(asked());
    const [question] = Object.values(tables.questions);
    expect(question).toMatchObject({
      status: 'open',
      kind: 'approval',
      call: { id: 'c1', name: 'write_file', input: { value: { path: 'x.txt' } } },
      answers: [],
    });
    expect(tables.steps['a']).toMatchObject({ status: 'waiting' });
    expect(tables.attempts['0/a#1']).toMatchObject({ status: 'waiting' });
    expect(tables.run?.needs).toMatchObject([{ step: 'a', kind: 'approval' }]);
    expect(tables.run?.needs[0]?.message).toMatch(
      /"decision": "approve"\} or: baton answer run-1 \S+ --approve$/,
    );
    expect(tables.messages.at(-1)?.content).toBe('Asks for a yes: write_file {"path":"x.txt"}');
  });

  test('who may answer, and until when, is kept', () => {
    const spec: StepSpec = {
      kind: 'ask',
      prompt: 'May it?',
      form: { type: 'boolean' },
      approval: true,
      approvers: ['ann'],
      needed: 1,
      notStarter: true,
      timeoutMs: 60_000,
      onTimeout: { action: 'fail' },
    };
    const run = begun(planOf([step('q', [], { spec })]));
    const [question] = Object.values(tablesOf(run).questions);
    expect(question).toMatchObject({ approvers: ['ann'], not_starter: true });
    const askedAt = Date.parse(question?.asked_at ?? '');
    expect(Date.parse(question?.expires_at ?? '')).toBe(askedAt + 60_000);
  });

  test('the answer leads to the call, and is kept with who gave it', () => {
    const run = asked();
    const [id = ''] = Object.keys(run.state.questions);
    run.signal('answer', { question: id, decision: 'approve', by: 'ann' }).task();
    const { events, questions, run: row } = tablesOf(run);
    expect(questions[id]).toMatchObject({
      status: 'answered',
      answers: [{ by: 'ann', at: expect.any(String), answer: null, decision: 'approve' }],
    });
    expect(row?.needs).toEqual([]);
    const call = events.find(({ type }) => type === 'tool_call');
    const cause = events.find(({ seq }) => seq === call?.caused_by);
    expect(cause).toMatchObject({ type: 'question', data: { action: 'closed', status: 'answered' } });
    expect(chain(events, call).slice(0, 4)).toEqual(['tool_call', 'question', 'question', 'message']);
  });

  test('what nobody has answered is withdrawn when the run ends', () => {
    const tables = tablesOf(asked().terminate());
    expect(Object.values(tables.questions)).toMatchObject([
      { status: 'withdrawn', closed_at: expect.any(String) },
    ]);
    expect(tables.run?.needs).toEqual([]);
  });
});

describe('limits', () => {
  test('a warning, the limit, and what the run needs', () => {
    const run = begun(planOf([agentStep('a', [], { limits: { ...NO_LIMITS, maxTurns: 5 } })]));
    // A call of what the agent does not have is answered without an activity.
    for (let number = 1; number <= 5; number++)
      run.reply('a', turn(`h${number}`, { calls: [toolCall(`c${number}`, 'rm')] })).task();
    const tables = tablesOf(run);
    const need =
      'step "a" used 5 of 5 turns; go on with POST /runs/run-1/continue {"additional_turns": 20} or: baton continue run-1 --turns 20';
    expect(tables.run).toMatchObject({
      status: 'failed',
      terminal_reason: 'error_max_turns',
      error_message: need,
      needs: [{ step: 'a', kind: 'limit', message: need }],
    });
    expect(tables.steps['a']?.segments).toMatchObject([
      { terminal_reason: 'error_max_turns', turns: 5, max_turns: 5 },
    ]);
    const contents = tables.messages.map(({ content }) => content);
    expect(contents).toContain('4 of 5 turns used (80 %)');
    expect(contents).toContainEqual(expect.stringMatching(/^writer agent failed: /));
    expect(tables.events.filter(({ type }) => type === 'limit').map(({ data }) => data['reached'])).toEqual([
      false,
      true,
    ]);
  });
});

test('the workspace stands in the run, and in the thread', () => {
  const plan = planOf([step('a', [], { workspace: true })], { workspace: { source: 'empty', uses: [] } });
  const made = { path: '/w/run-1', queue: 'baton@host', commit: 'abc', comment: 'Workspace: cloned abc' };
  const tables = tablesOf(begun(plan).reply('$workspace#1', made).task());
  expect(tables.run?.workspace_path).toBe('/w/run-1');
  expect(tables.messages).toMatchObject([
    { message_type: 'system', content: 'Making the workspace…' },
    { content: 'Workspace: cloned abc' },
  ]);
});
