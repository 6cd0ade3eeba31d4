import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../protocol/envelope.ts';
import { begin } from './index.ts';
import type { StartChildCommand } from './index.ts';
import { answerTurn, turnInputOf } from '../../testing/agents.ts';
import { call } from '../../testing/answers.ts';
import { agent, planOf, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const PLAN = planOf(
  [
    step('plan', [], { spec: agent({ agent: 'planner' }) }),
    step('lint'),
    step('code', ['plan'], { spec: agent({ agent: 'coder' }) }),
    step('ship', ['code', 'lint']),
  ],
  {
    inputs: { task: { type: 'string', required: true, description: null } },
    limits: { ...agent().limits, maxTurns: 10 },
  } as never,
);
const world = () => new QuickWorld(PLAN, { inputs: { task: 'a button' } });
/** `plan` and `lint` are done, `code` is at work. */
const coding = () => {
  const run = world().complete('lint');
  return answerTurn(run, 'plan', 'the plan');
};
const lastReceipt = (run: QuickWorld) => run.notes.filter((note) => note.type === 'command').at(-1);
const started = (run: QuickWorld): StartChildCommand => {
  const [action] = run.startedRuns;
  if (action === undefined) throw new Error('no run was started');
  return action;
};
/** The successor, as it begins from what it is started with. */
const begun = ({ id, workflowType: workflow, args: [inputs, envelope] }: StartChildCommand) =>
  begin(
    {
      runId: id,
      workflow,
      firstExecutionId: 'x',
      inputs,
      envelope: JSON.parse(JSON.stringify(envelope)) as Envelope,
    },
    { now: 2_000_000, historyLength: 3, continueSuggested: false },
  );

describe('redirect', () => {
  test('stops what runs, starts the other run once, and closes', () => {
    const run = coding().signal('redirect', { id: 'm1', content: 'a dropdown', by: 'ann' });
    expect(run.startedRuns).toEqual([]);
    run.stop('code');
    const {
      id,
      args: [inputs, envelope],
    } = started(run);
    expect(inputs).toEqual({ task: 'a dropdown' });
    expect(envelope).toMatchObject({
      startedBy: 'ann',
      redirected: { from: 'run-1', message: 'm1', task: 'a dropdown' },
    });
    run.task({ type: 'cancel_requested' });
    expect(run.closed).toBeNull();
    run.task({ type: 'successor_started', id });
    expect(run.closed).toEqual({
      type: 'cancelled',
      reason: 'redirected',
      requested: true,
      message: `the run was redirected to ${id} by ann`,
    });
    expect(run.notes).toContainEqual(expect.objectContaining({ type: 'run_redirected', to: id }));
  });

  test('without Temporal’s own request it closes a moment later', () => {
    const run = coding().signal('redirect', 'a dropdown').stop('code');
    run.task({ type: 'successor_started', id: started(run).id });
    expect(run.closed).toBeNull();
    expect(run.fireNext().closed).toMatchObject({ reason: 'redirected', requested: false });
  });

  test('the same message leads to the same run, another to another', () => {
    const to = (id: string) => started(coding().signal('redirect', { id, content: 'x' }).stop('code')).id;
    expect(to('m1')).toBe(to('m1'));
    expect(to('m1')).not.toBe(to('m2'));
    expect(to('m1')).toMatch(/^run-1-r[0-9a-f]{10}$/);
  });

  test('the new run begins anew, with the new task told to every agent and what is left of the limits', () => {
    const run = coding().signal('redirect', { content: 'a dropdown', context: 'use the kit' }).stop('code');
    const { state, actions } = begun(started(run));
    expect(state.spent).toMatchObject({ turns: 1, tokens: 100 });
    const turn = actions.find((action) => action.type === 'schedule' && action.activity === 'agent');
    expect(turn).toMatchObject({
      id: 'plan#1/1',
      input: {
        append: [{ source: 'redirect', text: expect.stringMatching(/a dropdown[^]*use the kit/) as string }],
      },
    });
  });

  test('skip_to begins there, by step or by agent, and takes over what still holds', () => {
    for (const skip_to of ['code', 'coder']) {
      const run = coding();
      answerTurn(run, 'code', [call('read_file')]);
      run.signal('redirect', { content: 'a dropdown', skip_to }).stop('code');
      const { state, actions, notes } = begun(started(run));
      expect(state.steps['plan']).toMatchObject({ status: 'completed', result: { value: 'the plan' } });
      expect(state.steps['lint']?.status).toBe('completed');
      expect(actions.flatMap((action) => (action.type === 'schedule' ? [action.id] : []))).toEqual([
        'code#1/1',
      ]);
      expect(notes.filter((note) => note.type === 'step_taken_over')).toHaveLength(2);
    }
  });

  test('what is taken over leaves the revisions behind: the plan is the first of the new run', () => {
    const run = coding();
    const steps = [...PLAN.steps, step('more', ['lint'])];
    run.signal('edit', {
      plan: JSON.parse(JSON.stringify({ ...PLAN, hash: 'sha256:more', steps })) as object,
    });
    run.complete('more');
    expect(run.state.steps['more']?.revision).toBe(1);
    run.signal('redirect', { content: 'a dropdown', skip_to: 'code' }).stop('code');
    const { state } = begun(started(run));
    expect(state.revision).toBeUndefined();
    expect(state.steps['more']).toMatchObject({ status: 'completed' });
    expect(state.steps['more']).not.toHaveProperty('revision');
  });

  test.each([
    [{ content: 'x', skip_to: 'nosuch' }, 'unknown_target', /steps: plan, lint, code, ship/],
    [{ content: 'x', skip_to: 'ship' }, 'refused', /"code" must have completed/],
    [{ content: ' ' }, 'malformed', /must say what/],
    [{ content: 'x', inputs: { colour: 'red' } }, 'malformed', /inputs do not fit/],
    [{ content: 'x', inputs: 'red' }, 'malformed', /must be an object/],
  ])('%j is refused, and the run goes on', (message, code, reason) => {
    const run = coding().signal('redirect', message);
    expect(lastReceipt(run)).toMatchObject({
      status: 'ignored',
      code,
      reason: expect.stringMatching(reason) as string,
    });
    expect(run.state.phase).toBe('running');
    expect(turnInputOf(run, 'code').step.turn).toBe(1);
  });

  test('two at once: the second is refused, as is a cancel meanwhile', () => {
    const run = coding().signal('redirect', 'one').signal('redirect', 'two').signal('cancel');
    expect(run.notes.flatMap((note) => (note.type === 'command' ? [note.reason] : []))).toEqual([
      null,
      'the run is already being redirected',
      'the run is being redirected',
    ]);
  });

  test('a run that cannot be started leaves this one cancelled, and says why', () => {
    const run = coding().signal('redirect', 'x').stop('code');
    run.task({ type: 'successor_refused', id: started(run).id, reason: 'NAMESPACE_NOT_FOUND' });
    expect(run.closed).toMatchObject({
      reason: 'cancelled',
      message: expect.stringMatching(/NAMESPACE_NOT_FOUND/) as string,
    });
  });

  test('a paused run can be redirected', () => {
    const run = coding().signal('pause', { mode: 'now' }).stop('code').signal('redirect', 'x');
    expect(run.startedRuns).toHaveLength(1);
  });
});
