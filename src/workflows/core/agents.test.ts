import { describe, expect, test } from 'vitest';
import { isWhole } from '../../../test/support/cases.ts';
import type { AskSpec, PlanStep } from '../../plan/plan.ts';
import { answerTool, answerTurn, openTurn, turnInputOf } from '../../testing/agents.ts';
import { call, consumed } from '../../testing/answers.ts';
import { NO_LIMITS } from '../../protocol/limits.ts';
import { agent, ask, planOf, retries, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

type Options = Parameters<typeof agent>[0];
const agentStep = (key: string, options: Options = {}, more: Partial<PlanStep> = {}) =>
  step(key, more.dependencies ?? [], { ...more, spec: agent(options) });
const world = (options: Options = {}, more: Partial<PlanStep> = {}) =>
  new QuickWorld(planOf([agentStep('work', options, more)]));
const noteTypes = (sim: QuickWorld) => sim.notes.map((note) => note.type);
const limits = (over: Partial<typeof NO_LIMITS>) => ({ ...NO_LIMITS, maxTurns: 30, ...over });

describe('turns', () => {
  test('calls of a turn go to tools, their answers to the next turn, in the order of the calls', () => {
    const sim = world();
    expect(turnInputOf(sim, 'work')).toMatchObject({ session: null, step: { turn: 1 }, append: [] });
    answerTurn(sim, 'work', [call('read_file', { path: 'a' }, 'c1'), call('read_file', { path: 'b' }, 'c2')]);
    expect([...sim.open.keys()]).toEqual(['work#1/1.0', 'work#1/1.1']);
    answerTool(sim, 'work', 1, 'B');
    expect([...sim.open.keys()]).toEqual(['work#1/1.0']);
    answerTool(sim, 'work', 0, 'A', true);
    const next = turnInputOf(sim, 'work');
    expect(next.opening).toBeNull();
    expect(next.append).toEqual([
      {
        type: 'tool_results',
        results: [
          { call: 'c1', name: 'read_file', output: { value: 'A' }, isError: true },
          { call: 'c2', name: 'read_file', output: { value: 'B' }, isError: false },
        ],
      },
    ]);
    answerTurn(sim, 'work', 'finished');
    expect(sim.closed).toEqual({ type: 'complete', output: 'finished' });
  });

  test('calls that change something run alone and in order', () => {
    const sim = world();
    const calls = [call('read_file', 1, 'a'), call('write_file', 2, 'b'), call('read_file', 3, 'c')];
    answerTurn(sim, 'work', calls);
    expect([...sim.open.keys()]).toEqual(['work#1/1.0']);
    answerTool(sim, 'work', 0);
    expect([...sim.open.keys()]).toEqual(['work#1/1.1']);
    answerTool(sim, 'work', 1);
    expect([...sim.open.keys()]).toEqual(['work#1/1.2']);
  });

  test('a tool that the agent does not have is refused without an activity', () => {
    const sim = world();
    answerTurn(sim, 'work', [call('rm_rf')]);
    expect(turnInputOf(sim, 'work').append).toMatchObject([
      {
        results: [
          { name: 'rm_rf', isError: true, output: { value: expect.stringContaining('no tool "rm_rf"') } },
        ],
      },
    ]);
  });

  test('a lost worker repeats the turn under the same key, and nothing of the turns before', () => {
    const sim = world();
    answerTurn(sim, 'work', [call('read_file')]);
    answerTool(sim, 'work', 0);
    const before = turnInputOf(sim, 'work');
    sim.lose('work').fireNext();
    const after = turnInputOf(sim, 'work');
    expect(openTurn(sim, 'work')).toBe('work#2/2');
    expect({ ...after, step: before.step }).toEqual(before);
  });

  test('a lost tool call rests and is repeated; its neighbours are not', () => {
    const sim = world();
    answerTurn(sim, 'work', [call('read_file', 1, 'a'), call('read_file', 2, 'b')]);
    sim.task({
      type: 'activity_failed',
      id: 'work#1/1.1',
      failure: { kind: 'timeout', timeout: 'HEARTBEAT', message: '' },
    });
    expect([...sim.open.keys()]).toEqual(['work#1/1.0']);
    sim.fireNext();
    expect([...sim.open.keys()]).toEqual(['work#1/1.0', 'work#1/1.1']);
  });

  test('an answer that misses its schema is asked for again, three times', () => {
    const sim = world({}, { retry: retries(4) });
    for (let i = 0; i < 3; i++) {
      answerTurn(sim, 'work', [], { correction: 'no JSON' });
      expect(turnInputOf(sim, 'work').append).toMatchObject([{ source: 'correction', text: 'no JSON' }]);
    }
    answerTurn(sim, 'work', [], { correction: 'no JSON' });
    expect(sim.state.steps['work']).toMatchObject({
      status: 'failed',
      error: { type: 'model_output_invalid' },
    });
  });

  test('each turn has the whole retry budget', () => {
    const sim = world({}, { retry: retries(2) });
    for (let i = 0; i < 3; i++) {
      sim.fail('work', 'model_rate_limited').fireNext();
      answerTurn(sim, 'work', [call('rm')]);
    }
    sim.fail('work', 'model_rate_limited').fireNext().fail('work', 'model_rate_limited');
    expect(sim.closed).toMatchObject({ type: 'fail', reason: 'failed' });
  });

  test('models are tried in their order on failures of a provider, and on no others', () => {
    const sim = world({ models: ['a/1', 'b/2'] });
    expect(turnInputOf(sim, 'work').model).toBe('a/1');
    sim.fail('work', 'model_unauthorized');
    expect(turnInputOf(sim, 'work').model).toBe('b/2');
    expect(sim.notes).toContainEqual(
      expect.objectContaining({ type: 'agent_fallback', from: 'a/1', to: 'b/2' }),
    );
    const other = world({ models: ['a/1', 'b/2'] }).fail('work', 'script_error');
    expect(other.closed).toMatchObject({ type: 'fail' });
  });

  const MODELS = { models: ['a/1', 'b/2', 'c/3'] };
  test('a turn is tried again if the failure of any of its models will pass, after its wait', () => {
    const sim = world(MODELS, { retry: retries(2) });
    const wait = { retryAfterMs: 90_000 };
    sim
      .fail('work', 'model_refused')
      .fail('work', 'model_rate_limited', wait)
      .fail('work', 'model_unauthorized');
    expect(sim.closed).toBeNull();
    const before = sim.now;
    sim.fireNext();
    expect(sim.now - before).toBe(90_000);
    expect(turnInputOf(sim, 'work').model).toBe('a/1');
    // What had passed once counts no longer when the models fail anew.
    sim.fail('work', 'model_unknown').fail('work', 'model_unauthorized').fail('work', 'model_refused');
    expect(sim.closed).toMatchObject({ type: 'fail' });
  });

  test.each([
    ['none will pass', 2, ['model_unknown', 'model_unauthorized', 'model_refused']],
    ['the interpreter is the first', 1, ['model_rate_limited', 'model_rate_limited', 'model_unauthorized']],
    ['the last failure is none of a vendor', 2, ['model_rate_limited', 'model_rate_limited', 'script_error']],
  ])('but not if %s', (_, version, codes) => {
    const sim = new QuickWorld(planOf([agentStep('work', MODELS, { retry: retries(2) })]), { version });
    for (const code of codes) sim.fail('work', code);
    expect(sim.closed).toMatchObject({ type: 'fail' });
  });
});

describe('pause and cancel', () => {
  test('after_step: an agent at work goes on to the end of its step', () => {
    const sim = world().signal('pause', { mode: 'after_step' });
    answerTurn(sim, 'work', [call('read_file')]);
    answerTool(sim, 'work', 0);
    answerTurn(sim, 'work', 'done');
    expect(noteTypes(sim)).toContain('pause_drained');
    sim.signal('resume');
    expect(sim.closed).toMatchObject({ type: 'complete' });
  });

  test('after_turn: the calls of the turn are made, the next model call waits', () => {
    const sim = world().signal('pause', { mode: 'after_turn' });
    answerTurn(sim, 'work', [call('read_file')]);
    expect(noteTypes(sim)).not.toContain('pause_drained');
    answerTool(sim, 'work', 0);
    expect(sim.open.size).toBe(0);
    expect(noteTypes(sim)).toContain('pause_drained');
    sim.signal('resume');
    expect(turnInputOf(sim, 'work').append[0]).toMatchObject({ type: 'tool_results' });
  });

  test('a cancelled agent stops when the last of its calls has', () => {
    const sim = world();
    answerTurn(sim, 'work', [call('read_file', 1, 'a'), call('read_file', 2, 'b')]);
    sim.task({ type: 'cancel_requested' });
    sim.task({ type: 'activity_cancelled', id: 'work#1/1.0', details: null });
    expect(sim.closed).toBeNull();
    answerTool(sim, 'work', 1);
    expect(sim.closed).toMatchObject({ type: 'cancelled' });
    expect(sim.notes.filter((note) => note.type === 'step_cancelled')).toHaveLength(1);
  });

  test('cancelled while it waits for people: the question is withdrawn', () => {
    const sim = world({ approve: ['*'] });
    answerTurn(sim, 'work', [call('write_file')]);
    sim.task({ type: 'cancel_requested' });
    expect(sim.notes).toContainEqual(
      expect.objectContaining({ type: 'question_closed', status: 'withdrawn' }),
    );
    expect(sim.closed).toMatchObject({ type: 'cancelled' });
  });
});

describe('limits', () => {
  const useTurns = (sim: QuickWorld, n: number) => {
    for (let i = 0; i < n; i++) answerTurn(sim, 'work', [call('rm')]);
    return sim;
  };

  test('at its last turn the agent stops, and the run says so; a warning comes before', () => {
    const sim = useTurns(world({ limits: limits({ maxTurns: 5 }) }), 5);
    expect(sim.closed).toMatchObject({ type: 'fail', reason: 'error_max_turns' });
    expect(sim.notes).toContainEqual(expect.objectContaining({ type: 'limit_near', used: 4, of: 5 }));
    expect(sim.notes).toContainEqual(expect.objectContaining({ type: 'limit_reached', limit: 'max_turns' }));
  });

  test.each([
    ['tokens', { maxTokens: 250 }, 'error_max_budget', {}],
    ['money', { maxCostMicros: 2_500 }, 'error_max_budget', {}],
    ['money without a price', { maxCostMicros: 2_500 }, 'error_max_budget', { usage: consumed(1, null) }],
  ])('of %s', (_, over, reason, more) => {
    const sim = world({ limits: limits(over) });
    while (sim.closed === null) answerTurn(sim, 'work', [call('rm')], more);
    expect(sim.closed).toMatchObject({ type: 'fail', reason });
    expect(sim.state.spent.turns).toBeLessThanOrEqual(3);
  });

  test('of time: pauses do not count', () => {
    const sim = world({ limits: limits({ maxDurationMs: 10_000 }) });
    sim.signal('pause', { mode: 'after_turn', timeout_ms: 0 });
    sim.now += 60_000;
    answerTurn(sim, 'work', [call('rm')]);
    sim.signal('resume');
    expect(sim.open.size).toBe(1);
    sim.now += 10_000;
    answerTurn(sim, 'work', [call('rm')]);
    expect(sim.closed).toMatchObject({ type: 'fail', reason: 'error_timeout' });
  });

  test('failed calls count too', () => {
    const sim = world({ limits: limits({ maxTokens: 150 }) }, { retry: retries(9) });
    sim.fail('work', 'model_error', { usage: consumed(100) }).fireNext();
    sim.fail('work', 'model_error', { usage: consumed(100) }).fireNext();
    expect(sim.closed).toMatchObject({ reason: 'error_max_budget' });
  });

  test('parallel agents do not overshoot a limit of the run together', () => {
    const steps = Array.from({ length: 8 }, (_, i) => agentStep(`a${i}`));
    const sim = new QuickWorld(planOf(steps, { limits: { ...NO_LIMITS, maxTokens: 350 } }));
    expect(sim.open.size).toBe(1);
    let most = 0;
    while (sim.closed === null) {
      most = Math.max(most, sim.open.size);
      const key = [...sim.open.keys()][0]?.split('#')[0] ?? '';
      answerTurn(sim, key, [call('rm')]);
    }
    expect(most).toBe(2);
    expect(sim.state.spent.tokens).toBe(400);
    expect(sim.closed).toMatchObject({ reason: 'error_max_budget' });
  });

  test('turns of the run are counted exactly', () => {
    const steps = Array.from({ length: 8 }, (_, i) => agentStep(`a${i}`));
    const sim = new QuickWorld(planOf(steps, { limits: { ...NO_LIMITS, maxTurns: 5 } }));
    expect(sim.open.size).toBe(5);
    while (sim.closed === null) answerTurn(sim, [...sim.open.keys()][0]?.split('#')[0] ?? '', [call('rm')]);
    expect(sim.state.spent.turns).toBe(5);
  });

  test('an agent at its limit does not stop the others', () => {
    const sim = new QuickWorld(
      planOf([agentStep('a', { limits: limits({ maxTurns: 1 }) }), step('b'), step('c', ['a'])]),
    );
    answerTurn(sim, 'a', [call('rm')]);
    expect(sim.openKeys).toEqual(['b']);
    sim.complete('b');
    expect(sim.statuses()).toEqual({ a: 'failed', b: 'completed', c: 'skipped' });
    expect(sim.closed).toMatchObject({ reason: 'error_max_turns' });
  });

  test('on_limit: ask waits, and goes on in a new segment', () => {
    const sim = useTurns(world({ limits: limits({ maxTurns: 2, onLimit: 'ask' }) }), 2);
    expect(sim.statuses()).toEqual({ work: 'waiting' });
    sim.signal('answer', { answer: { additional_turns: 3, message: 'go' }, by: 'eve' });
    expect(sim.statuses()).toEqual({ work: 'running' });
    expect(turnInputOf(sim, 'work').append.at(-1)).toMatchObject({
      source: 'continue',
      text: 'go',
      by: 'eve',
    });
    expect(useTurns(sim, 3).statuses()).toEqual({ work: 'waiting' });
    sim.signal('answer', { answer: { stop: true } });
    expect(sim.closed).toMatchObject({ reason: 'error_max_turns' });
  });
});

describe('people', () => {
  const refusal = (sim: QuickWorld) => sim.notes.findLast((note) => note.type === 'command');

  test('approve, edit and reject single calls, in any order, each once', () => {
    const sim = world({ tools: ['read_file'], approve: ['read_file'] });
    answerTurn(
      sim,
      'work',
      ['a', 'b', 'c'].map((id) => call('read_file', { path: id }, id)),
    );
    const ids = Object.keys(sim.state.questions);
    expect(sim.statuses()).toEqual({ work: 'waiting' });
    sim.signal('answer', { question: ids[2], decision: 'reject', reason: 'no', by: 'eve' });
    sim.signal('answer', { question: ids[0], decision: 'approve' });
    sim.signal('answer', { question: ids[0], decision: 'approve' });
    expect(refusal(sim)).toMatchObject({
      status: 'ignored',
      reason: expect.stringContaining('no open question'),
    });
    sim.signal('answer', { question: ids[1], decision: 'edit', answer: { path: 'z' } });
    expect(sim.open.get('work#1/1.1')?.input).toMatchObject({ call: { input: { value: { path: 'z' } } } });
    answerTool(sim, 'work', 0);
    answerTool(sim, 'work', 1);
    const { append } = turnInputOf(sim, 'work');
    expect(JSON.stringify(append)).toContain('eve rejected this call. Reason: no');
  });

  test('ask_user waits without anything under way and hands the answer to the model', () => {
    const sim = world();
    const form = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    answerTurn(sim, 'work', [call('ask_user', { question: 'How many?', form })]);
    expect(sim.open.size).toBe(0);
    sim.signal('answer', { answer: { n: 'x' } });
    expect(refusal(sim)).toMatchObject({ status: 'ignored', reason: expect.stringContaining('n: ') });
    sim.signal('answer', { answer: { n: 3 } });
    expect(turnInputOf(sim, 'work').append).toMatchObject([{ results: [{ output: { value: { n: 3 } } }] }]);
  });

  test.each([
    ['no schema', { type: 'strng' }, 'form.type: "type" must be one of'],
    ['a pattern that looks ahead', { pattern: '^(?=a)' }, 'form.pattern: '],
    ['a reference to elsewhere', { $ref: 'https://example.com/form.json' }, 'its own parts only'],
    ['no map', ['a'], 'must be a JSON Schema'],
  ])('a form of an agent that is %s is refused, and nobody is asked', (_, form, reason) => {
    const sim = world();
    answerTurn(sim, 'work', [call('ask_user', { question: 'Which?', form })]);
    expect(sim.state.questions).toEqual({});
    expect(turnInputOf(sim, 'work').append).toMatchObject([
      { results: [{ isError: true, output: { value: expect.stringContaining(reason) } }] },
    ]);
  });

  test('a question that is not inline is too long', () => {
    const sim = world();
    const long = { ...call('ask_user'), input: { ref: { $blob: 'sha256:0', bytes: 99_999 } } };
    answerTurn(sim, 'work', [long]);
    expect(turnInputOf(sim, 'work').append).toMatchObject([
      { results: [{ isError: true, output: { value: expect.stringContaining('more briefly') } }] },
    ]);
  });

  test('an answer that its form would take too long to judge is refused', () => {
    const sim = world();
    answerTurn(sim, 'work', [
      call('ask_user', { question: 'Which?', form: { pattern: '(a|b)*a(a|b){50}c' } }),
    ]);
    sim.signal('answer', { answer: 'a'.repeat(60_000) });
    expect(refusal(sim)).toMatchObject({ status: 'ignored', reason: expect.stringContaining('too long') });
    sim.signal('answer', { answer: `${'a'.repeat(51)}c` });
    expect(openTurn(sim, 'work')).toBe('work#1/2');
  });

  const asked = (over: Partial<AskSpec> = {}) =>
    new QuickWorld(
      planOf([
        step('ask', [], {
          spec: ask({
            prompt: 'Ship?',
            form: { type: 'object', required: ['approved'] },
            approval: true,
            approvers: ['ann', 'bob', 'cy'],
            needed: 2,
            timeoutMs: 1_000,
            ...over,
          }),
        }),
      ]),
    );

  test('as many as are needed must answer, each once, and only who may', () => {
    const sim = asked();
    const say = (by: string | undefined, approved = true) =>
      sim.signal('answer', { answer: { approved }, ...(by === undefined ? {} : { by }) });
    for (const [by, reason] of [
      ['zoe', 'may not answer'],
      [undefined, '"by" is needed'],
    ] as const) {
      expect(refusal(say(by))).toMatchObject({ status: 'ignored', reason: expect.stringContaining(reason) });
    }
    say('ann');
    expect(refusal(say('ann'))).toMatchObject({ reason: expect.stringContaining('has answered already') });
    say('bob');
    expect(sim.closed).toMatchObject({
      type: 'complete',
      output: { by: 'bob', answers: [{ by: 'ann' }, { by: 'bob' }] },
    });
  });

  test('one refusal is enough', () => {
    const sim = asked().signal('answer', { answer: { approved: false, comment: 'not yet' }, by: 'cy' });
    expect(sim.state.steps['ask']?.error).toMatchObject({
      type: 'rejected',
      message: 'cy did not approve: not yet',
    });
  });

  test('time runs out: failure, or the answer that was given for that case', () => {
    expect(asked().fireNext().state.steps['ask']?.error).toMatchObject({ type: 'question_expired' });
    const sim = asked({ onTimeout: { action: 'answer', value: { approved: true } } }).fireNext();
    expect(sim.closed).toMatchObject({ output: { answer: { approved: true }, by: null } });
  });
});

describe('workspace', () => {
  const plan = (source: 'git' | 'empty') =>
    planOf([agentStep('work', {}, { workspace: true, capability: null })], {
      workspace: source === 'git' ? { source, url: '/r', ref: null, uses: [] } : { source, uses: [] },
    });
  const opened = (source: 'git' | 'empty') => {
    const sim = new QuickWorld(plan(source));
    const result = { path: '/w/1', queue: 'w1', commit: 'abc', comment: 'made' };
    return sim.task({ type: 'activity_completed', id: '$workspace#1', result });
  };
  const notTaken = { kind: 'timeout', timeout: 'SCHEDULE_TO_START', message: '' } as const;

  test('is made first; what needs it goes to its worker', () => {
    expect([...new QuickWorld(plan('git')).open.keys()]).toEqual(['$workspace#1']);
    const sim = opened('git');
    expect(sim.open.get('work#1/1')).toMatchObject({ queue: 'w1', scheduleToStartMs: 60_000 });
    expect(turnInputOf(sim, 'work').workspace).toBe('/w/1');
  });

  test('lost: from git it is made anew and the agent is told', () => {
    const sim = opened('git');
    answerTurn(sim, 'work', [call('read_file')]);
    sim.now += 61_000;
    sim.task({ type: 'activity_failed', id: 'work#1/1.0', failure: notTaken });
    expect([...sim.open.keys()]).toEqual(['$workspace#2']);
    const result = { path: '/w/2', queue: 'w2', commit: 'abc', comment: 'made' };
    sim.task({ type: 'activity_completed', id: '$workspace#2', result }).fireNext();
    expect(sim.open.get('work#1/1.0')).toMatchObject({ queue: 'w2' });
    answerTool(sim, 'work', 0);
    expect(turnInputOf(sim, 'work').append).toMatchObject([{ type: 'tool_results' }, { source: 'notice' }]);
  });

  const removed = (workspace: string) =>
    ({
      kind: 'application',
      type: 'workspace_lost',
      message: 'gone',
      details: { data: { workspace } },
    }) as const;

  test('lost: what fails later with the one before is tried again, and loses nothing', () => {
    const sim = opened('git');
    answerTurn(sim, 'work', [call('read_file', 1, 'a'), call('read_file', 2, 'b')]);
    sim.task({ type: 'activity_failed', id: 'work#1/1.0', failure: removed('/w/1') });
    const result = { path: '/w/2', queue: 'w2', commit: 'abc', comment: 'made' };
    sim.task({ type: 'activity_completed', id: '$workspace#2', result });
    sim.task({ type: 'activity_failed', id: 'work#1/1.1', failure: removed('/w/1') });
    expect(sim.state.workspace).toMatchObject({ status: 'ready', generation: 2 });
    sim.fireNext().fireNext();
    expect([...sim.open.keys()]).toEqual(['work#1/1.0', 'work#1/1.1']);
    sim.task({ type: 'activity_failed', id: 'work#1/1.0', failure: removed('/w/2') });
    expect([...sim.open.keys()]).toContain('$workspace#3');
  });

  test('lost: an empty one fails clearly', () => {
    const sim = opened('empty');
    sim.now += 61_000;
    sim.task({ type: 'activity_failed', id: 'work#1/1', failure: notTaken }).fireNext();
    expect(sim.state.steps['work']?.error).toMatchObject({ type: 'workspace_lost' });
  });

  test('cannot be made: the steps that need it fail with the reason', () => {
    const sim = new QuickWorld(plan('git'));
    const failure = {
      kind: 'application',
      type: 'workspace_failed',
      message: 'no such ref',
      details: {},
    } as const;
    sim.task({ type: 'activity_failed', id: '$workspace#1', failure });
    expect(sim.state.steps['work']?.error).toMatchObject({
      type: 'workspace_failed',
      message: 'no such ref',
    });
  });
});

describe('a closed run goes on', () => {
  const plan = planOf([
    agentStep('work', { limits: limits({ maxTurns: 2 }) }),
    step('after', ['work']),
    step('other'),
  ]);
  const closed = () => {
    const sim = new QuickWorld(plan);
    sim.complete('other');
    answerTurn(sim, 'work', [call('rm')]);
    answerTurn(sim, 'work', [call('rm')]);
    return sim;
  };
  const goOn = (sim: QuickWorld, over: object = {}) =>
    sim.continueRun({
      step: null,
      limits: { turns: 2, tokens: null, costMicros: null, durationMs: null },
      message: 'finish it',
      by: 'eve',
      ...over,
    });

  test('in the same session, in a new segment, and what depends on it runs', () => {
    const sim = closed();
    expect(sim.closed).toMatchObject({ reason: 'error_max_turns' });
    goOn(sim);
    const input = turnInputOf(sim, 'work');
    expect(input).toMatchObject({ step: { turn: 3, attempt: 2 }, session: { ref: { id: 'ses_1' } } });
    expect(input.append).toMatchObject([{ type: 'tool_results' }, { source: 'continue', text: 'finish it' }]);
    answerTurn(sim, 'work', 'done');
    sim.complete('after');
    expect(sim.closed).toMatchObject({ type: 'complete' });
    expect(sim.state.spent.turns).toBe(3);
    expect(sim.scheduled.filter(({ id }) => id.startsWith('other#'))).toHaveLength(1);
  });

  test('stops again at the limit of the new segment', () => {
    const sim = goOn(closed());
    answerTurn(sim, 'work', [call('rm')]);
    answerTurn(sim, 'work', [call('rm')]);
    expect(sim.closed).toMatchObject({ reason: 'error_max_turns' });
    expect(sim.state.steps['work']?.agent?.segment).toMatchObject({ number: 2, turns: 2 });
  });

  test('a finished step is told more, and what depends on it runs again', () => {
    const sim = goOn(closed());
    answerTurn(sim, 'work', 'done');
    sim.complete('after');
    goOn(sim, { step: 'work', message: null });
    expect(turnInputOf(sim, 'work').append).toMatchObject([{ source: 'continue' }]);
    expect(sim.statuses()).toMatchObject({ after: 'pending', other: 'completed' });
  });

  test('terminated in a turn: the turn is asked again under its key', () => {
    const sim = new QuickWorld(plan);
    answerTurn(sim, 'work', [call('read_file')]);
    answerTool(sim, 'work', 0);
    const before = turnInputOf(sim, 'work');
    sim.terminate();
    goOn(sim, { message: null });
    expect(turnInputOf(sim, 'work')).toMatchObject({ append: before.append, session: before.session });
  });

  test('a workspace that was not ready is opened again', () => {
    const workspace = { source: 'git', url: '/r', ref: null, uses: [] } as const;
    const own = planOf([agentStep('work', {}, { workspace: true })], { workspace });
    const more = {
      step: null,
      limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
      message: null,
      by: null,
    };
    const cut = new QuickWorld(own).terminate();
    expect([...cut.continueRun(more).open.keys()]).toEqual(['$workspace#1']);
    const sim = new QuickWorld(own);
    const failure = { kind: 'application', type: 'workspace_failed', message: 'no', details: {} } as const;
    sim.task({ type: 'activity_failed', id: '$workspace#1', failure });
    expect([...sim.continueRun(more).open.keys()]).toEqual(['$workspace#2']);
  });

  test('a plain step that failed runs again', () => {
    const sim = new QuickWorld(plan);
    sim.fail('other');
    sim.stop('work');
    goOn(sim, { message: null });
    expect(sim.openKeys).toEqual(['other', 'work']);
  });
});

test('continue-as-new between turns loses nothing', () => {
  const plan = planOf([agentStep('work', { limits: limits({ maxTurns: 500 }) })]);
  const sim = new QuickWorld(plan, { continueSuggested: (events) => events > 60 });
  const turns = isWhole ? 200 : 40;
  for (let i = 1; i <= turns; i++) {
    expect(turnInputOf(sim, 'work').step.turn).toBe(i);
    answerTurn(sim, 'work', i < turns ? [call('read_file')] : 'done');
    if (i < turns) answerTool(sim, 'work', 0);
  }
  expect(sim.chain.length).toBeGreaterThan(turns / 20);
  expect(sim.closed).toEqual({ type: 'complete', output: 'done' });
  expect(sim.state.spent.turns).toBe(turns);
});
