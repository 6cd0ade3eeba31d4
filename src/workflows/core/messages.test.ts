import { describe, expect, test } from 'vitest';
import { answerTool, answerTurn, openTurn, turnInputOf } from '../../testing/agents.ts';
import { call } from '../../testing/answers.ts';
import { agent, planOf, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

/** `work` uses tools; `review` comes after it. */
const world = (options: Parameters<typeof agent>[0] = {}) =>
  new QuickWorld(
    planOf([
      step('work', [], { spec: agent(options) }),
      step('review', ['work'], { spec: agent({ agent: 'reviewer' }) }),
      step('ship', ['review']),
    ]),
  );
const session = { id: 'ses_1', name: 'code: work' };
const receipts = (run: QuickWorld) => run.notes.filter((note) => note.type === 'command');
const settled = (run: QuickWorld) => run.notes.filter((note) => note.type === 'message_settled');
/** What people said in the open turn of a step. */
const said = (run: QuickWorld, key: string) =>
  turnInputOf(run, key).append.flatMap((one) =>
    one.type === 'user' && one.source === 'instruction' ? [one.text] : [],
  );
/** The open activity of a step ends as one that was stopped. */
const aborted = (run: QuickWorld, key: string, partial: { head: string; preview: string } | null) =>
  run.task({ type: 'activity_cancelled', id: openTurn(run, key), details: { session, partial } });

describe('instructions', () => {
  test('wait for the next turn, are read in it, and are done when it has answered', () => {
    const run = world().signal('instruction', { id: 'm1', content: 'Use JWT', by: 'ann' });
    expect(receipts(run)).toMatchObject([{ name: 'instruction', status: 'pending', key: 'm1' }]);
    answerTurn(run, 'work', [call('read_file')]);
    answerTool(run, 'work', 0);
    expect(turnInputOf(run, 'work').append).toMatchObject([
      { type: 'tool_results' },
      { source: 'instruction', text: 'Use JWT', by: 'ann' },
    ]);
    expect(run.notes).toContainEqual(
      expect.objectContaining({ type: 'message_read', key: 'm1', step: 'work', turn: 2 }),
    );
    answerTurn(run, 'work', 'done');
    expect(settled(run)).toMatchObject([{ key: 'm1', status: 'processed', code: null }]);
    expect(said(run, 'review')).toEqual([]);
  });

  test('stay in the order in which they came, the context after what was said', () => {
    const run = world()
      .signal('instruction', { content: 'one' })
      .signal('instruction', { content: 'two', context: 'because' });
    answerTurn(run, 'work', [call('rm')]);
    expect(said(run, 'work')).toEqual(['one', 'two\n\nAdditional context:\nbecause']);
  });

  test('an agent that has its answer ready hears what waits for it before it is done', () => {
    const run = world().signal('instruction', { content: 'and tests' });
    answerTurn(run, 'work', 'done');
    expect(run.statuses()['work']).toBe('running');
    expect(said(run, 'work')).toEqual(['and tests']);
    answerTurn(run, 'work', 'done with tests');
    expect(run.state.steps['work']?.result?.value).toBe('done with tests');
    expect(settled(run)).toMatchObject([{ status: 'processed' }]);
  });

  test('a limit that leaves no further turn lets it be done, and the message is told so', () => {
    const limits = { ...agent().limits, maxTurns: 1 };
    const run = world({ limits }).signal('instruction', { id: 'm1', content: 'more' });
    answerTurn(run, 'work', 'done');
    expect(run.statuses()['work']).toBe('completed');
    expect(settled(run)).toMatchObject([{ key: 'm1', status: 'ignored', code: 'target_gone' }]);
  });

  test('a failed turn keeps it for the next try', () => {
    const run = world().signal('instruction', { content: 'Use JWT' });
    answerTurn(run, 'work', [call('rm')]);
    run.lose('work').fireNext();
    expect(said(run, 'work')).toEqual(['Use JWT']);
    expect(run.notes.filter((note) => note.type === 'message_read')).toHaveLength(1);
  });

  test('for a later step it waits until that begins; by its agent’s name too', () => {
    const run = world()
      .signal('instruction', { content: 'by step', target: 'review' })
      .signal('instruction', { content: 'by agent', target: 'reviewer' });
    answerTurn(run, 'work', 'done');
    expect(said(run, 'review')).toEqual(['by step', 'by agent']);
  });

  test('reach every agent at work when nobody is named, and are done when all have answered', () => {
    const run = new QuickWorld(
      planOf(['a', 'b'].map((key) => step(key, [], { spec: agent({ agent: key }) }))),
    ).signal('instruction', { id: 'm1', content: 'hurry' });
    answerTurn(run, 'a', [call('rm')]);
    answerTurn(run, 'a', 'done');
    expect(settled(run)).toEqual([]);
    answerTurn(run, 'b', [call('rm')]);
    answerTurn(run, 'b', 'done');
    expect(settled(run)).toMatchObject([{ status: 'processed' }]);
    expect(run.notes.filter((note) => note.type === 'message_answered')).toHaveLength(2);
  });

  test.each([
    [{ content: 'x', target: 'nobody' }, 'unknown_target'],
    [{ content: 'x', target: 'ship' }, 'unknown_target'],
    [{ content: '  ' }, 'malformed'],
    [{ content: 'x', delivery: 'at once' }, 'malformed'],
    [{ content: 'x', replaces: 'm9' }, 'refused'],
    [{ content: 'x', expires_ms: 0 }, 'malformed'],
  ])('%j is refused as %s', (message, code) => {
    expect(receipts(world().signal('instruction', message))).toMatchObject([{ status: 'ignored', code }]);
  });

  test('to a step that has ended, or a run that is being ended, are refused', () => {
    const run = world();
    answerTurn(run, 'work', 'done');
    run.signal('instruction', { content: 'x', target: 'work' });
    run.signal('cancel').signal('instruction', { content: 'y' });
    expect(receipts(run).map(({ code }) => code)).toEqual(['target_gone', null, 'run_closed']);
  });

  test('that nobody has read are ignored when the run ends', () => {
    const run = world().signal('instruction', { id: 'm1', content: 'x', target: 'review' }).signal('cancel');
    expect(settled(run)).toMatchObject([{ key: 'm1', status: 'ignored', code: 'run_closed' }]);
  });

  test('can be withdrawn or replaced until they are read, and expire', () => {
    const run = world()
      .signal('instruction', { id: 'm1', content: 'one' })
      .signal('withdraw', { message: 'm1', by: 'ann' })
      .signal('instruction', { id: 'm2', content: 'two' })
      .signal('instruction', { id: 'm3', content: 'three', replaces: 'm2' })
      .signal('instruction', { id: 'm4', content: 'four', expires_ms: 1_000 })
      .fireNext();
    expect(settled(run).map(({ key, code }) => [key, code])).toEqual([
      ['m1', 'withdrawn'],
      ['m2', 'superseded'],
      ['m4', 'expired'],
    ]);
    answerTurn(run, 'work', [call('rm')]);
    expect(said(run, 'work')).toEqual(['three']);
    run.signal('withdraw', { message: 'm3' });
    expect(receipts(run).at(-1)).toMatchObject({ name: 'withdraw', status: 'ignored' });
    expect(run.timers.size).toBe(0);
  });

  test('more than agents can be given are refused, and told so', () => {
    const run = world();
    for (let i = 0; i < 20; i++) run.signal('instruction', { content: 'x'.repeat(16_000), target: 'review' });
    expect(receipts(run).filter(({ code }) => code === 'inbox_full')).toHaveLength(4);
    answerTurn(run, 'work', 'done');
    expect(said(run, 'review')).toHaveLength(4);
  });
});

describe('interrupts', () => {
  const interrupt = { content: 'stop that', delivery: 'interrupt' };

  test('a model call is stopped, what it had said is kept, and the message follows', () => {
    const run = world().signal('instruction', { id: 'm1', ...interrupt });
    expect([...run.cancelling]).toEqual(['work#1/1']);
    aborted(run, 'work', { head: 'p1', preview: 'I was about' });
    const { session: where, append, step: at } = turnInputOf(run, 'work');
    expect(where).toEqual({ ref: session, head: 'p1' });
    expect(append).toMatchObject([{ source: 'notice' }, { source: 'instruction', text: 'stop that' }]);
    expect(at.turn).toBe(2);
    expect(run.notes).toContainEqual(
      expect.objectContaining({ type: 'agent_interrupted', turn: 1, why: 'message', preview: 'I was about' }),
    );
  });

  test('without a word said the same is asked again, with the message', () => {
    const run = world().signal('instruction', interrupt);
    aborted(run, 'work', null);
    expect(turnInputOf(run, 'work').opening).not.toBeNull();
    expect(said(run, 'work')).toEqual(['stop that']);
  });

  test('an answer that was faster counts; its calls are not made', () => {
    const run = world().signal('instruction', interrupt);
    answerTurn(run, 'work', 'done');
    expect(said(run, 'work')).toEqual(['stop that']);
  });

  test('open calls of tools are closed before the next model call', () => {
    const run = world({ approve: ['write_file'] });
    const calls = [call('read_file', 1, 'a'), call('read_file', 2, 'b'), call('write_file', 3, 'c')];
    answerTurn(run, 'work', calls);
    answerTool(run, 'work', 1, 'content of b');
    expect(Object.keys(run.state.questions)).toHaveLength(1);
    run.signal('instruction', interrupt);
    expect(run.state.questions).toEqual({});
    expect([...run.cancelling]).toEqual(['work#1/1.0']);
    run.task({ type: 'activity_cancelled', id: 'work#1/1.0', details: null });
    const [results, message] = turnInputOf(run, 'work').append;
    const outputs = results?.type === 'tool_results' ? results.results : [];
    expect(outputs.map((one) => [one.call, one.isError])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    expect(message).toMatchObject({ source: 'instruction', text: 'stop that' });
  });

  test('a pause now keeps what was said, and the agent goes on from there', () => {
    const run = world().signal('pause', { mode: 'now' });
    aborted(run, 'work', { head: 'p1', preview: 'half' });
    expect(run.open.size).toBe(0);
    run.signal('resume', { content: 'go', context: 'JWT, please' });
    expect(turnInputOf(run, 'work')).toMatchObject({
      session: { head: 'p1' },
      append: [{ source: 'notice' }, { source: 'instruction', text: 'JWT, please' }],
    });
    expect(receipts(run).at(-1)).toMatchObject({ name: 'resume', status: 'pending' });
  });
});
