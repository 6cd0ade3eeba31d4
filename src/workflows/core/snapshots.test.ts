/** What the run knows of the files in its workspace, and what becomes of them when it is set back or forked. */
import { describe, expect, test } from 'vitest';
import type { WorkspaceSpec } from '../../plan/plan.ts';
import type { WorkspaceInput } from '../../protocol/activity.ts';
import { tablesOf } from '../../testing/histories.ts';
import { World } from '../../testing/world.ts';
import { departed, filesThen, restoredCarry } from './index.ts';
import { planOf, step } from './testing/plans.ts';

const GIT: WorkspaceSpec = { source: 'git', url: '/r', ref: null, uses: [] };
const KEPT: WorkspaceSpec = { ...GIT, snapshots: true };
const COMMITS = ['b', '1', '2', '3'].map((digit) => digit.repeat(40));
const [BASE = '', ONE = '', TWO = ''] = COMMITS;
const ref = (commit: string) => ({ $blob: commit.slice(0, 2).repeat(32), bytes: 9 });
const taken = (commit: string | null, at: number, more: object = {}) => ({
  snapshot: { commit, at, ...more },
});
const placed = { workspace: true } as const;
const STEPS = [step('a', [], placed), step('b', ['a'], placed), step('c', ['b'], placed)];
const ready = (path = '/w/1', queue = 'w1', snapshot = BASE, at = 1) => ({
  ...{ path, queue, commit: 'abc', comment: 'made' },
  ...taken(snapshot, at),
});
const opened = (workspace = GIT, options: ConstructorParameters<typeof World>[1] = {}) =>
  new World(planOf(STEPS, { workspace }), options).task().reply('$workspace', ready()).task();
/** Two of the steps are done. */
const worked = (workspace = GIT, more: (commit: string) => object = () => ({})) =>
  opened(workspace)
    .complete('a', 'a', taken(ONE, 2, more(ONE)))
    .task()
    .complete('b', 'b', taken(TWO, 3, more(TWO)))
    .task();
const kept = (commit: string) => ({ kept: ref(commit) });
const workspaceInput = (world: World) =>
  world.scheduled.findLast(({ id }) => id.startsWith('$workspace'))?.input as WorkspaceInput;
const scheduledFor = (world: World) => world.scheduled.findLast(({ id }) => id.startsWith('$workspace'));
const NOT_TAKEN = { kind: 'timeout', timeout: 'SCHEDULE_TO_START', message: '' } as const;

describe('the newest snapshot', () => {
  test('is that of the latest moment, in whatever order answers come; a failed step has one too', () => {
    const plan = planOf([step('a', [], placed), step('b', [], placed), step('c', [], placed)], {
      ...{ workspace: GIT, failure: 'finish' },
    });
    const world = new World(plan).task().reply('$workspace', ready()).task();
    expect(world.state.workspace?.snapshot).toEqual({ commit: BASE, at: 1 });
    world.complete('a', 'a', taken(TWO, 3)).complete('b', 'b', taken(ONE, 2)).task();
    expect(world.state.workspace?.snapshot?.commit).toBe(TWO);
    world.fail('c', 'command_failed', { retryable: false, ...taken(ONE, 4) }).task();
    expect(filesThen(world.state)).toEqual({ kind: 'snapshot', commit: ONE, isKept: false });
    expect(tablesOf(world).checkpoints.map((row) => row.workspace_commit)).toEqual([TWO, ONE, ONE]);
  });

  test('is none where none could be made, which is said once', () => {
    const note = 'No snapshot of the files could be made: why';
    const world = opened()
      .complete('a', 'a', taken(null, 2, { note }))
      .task()
      .complete('b', 'b', taken(null, 3, { note }))
      .task();
    expect(filesThen(world.state)).toEqual({ kind: 'missing', why: note });
    const { messages, checkpoints } = tablesOf(world);
    expect(messages.filter(({ content }) => content === note)).toHaveLength(1);
    expect(checkpoints.at(-1)?.workspace_commit).toBeNull();
  });

  test.each([
    ['of another form', { snapshot: { commit: '../../x', at: 2 } }],
    ['nothing', { snapshot: null }],
  ])('is not %s', (_, words) => {
    expect(opened().complete('a', 'a', words).task().state.workspace?.snapshot?.commit).toBe(BASE);
  });

  test('is nothing to runs of former versions, or of workers that tell of none', () => {
    const old = opened(GIT, { version: 2 }).complete('a', 'a', taken(ONE, 2)).task();
    expect(old.state.workspace).not.toHaveProperty('snapshot');
    expect(filesThen(old.state)).toEqual({ kind: 'unknown' });
    expect(restoredCarry(old.state, null)).toMatchObject({ workspace: null });
  });

  test('is asked to be kept where the definition says so', () => {
    expect(opened().inputOf('a')).not.toHaveProperty('snapshots');
    expect(opened(KEPT).inputOf('a')).toMatchObject({ snapshots: true });
  });
});

describe('a run that is set back', () => {
  const files = { commit: ONE, path: '/w/1', queue: 'w1', base: 'abc' };

  test('has its files back before a step works there, in the same place', () => {
    const world = worked().terminate().restore(1).task();
    expect(scheduledFor(world)).toMatchObject({ id: '$workspace#1', queue: 'w1', scheduleToStartMs: 60_000 });
    expect(workspaceInput(world).files).toEqual(files);
    expect(world.openIds).toEqual(['$workspace#1']);
    world.reply('$workspace', ready('/w/1', 'w1', ONE, 9)).task();
    expect(world.openIds).toEqual(['b#1']);
    expect(world.state.workspace).toMatchObject({ status: 'ready', snapshot: { commit: ONE } });
    expect(world.state.workspace).not.toHaveProperty('wanted');
  });

  test('does not go on with files that its worker did not bring back', () => {
    const world = worked()
      .terminate()
      .restore(1)
      .task()
      .reply('$workspace', ready('/w/1', 'w1', TWO))
      .task();
    expect(world.closed).toMatchObject({ type: 'fail' });
    expect(world.state.steps['b']?.error?.message).toContain('did not bring the files');
  });

  test('fails clearly when nobody has them, and wants them still when it is continued', () => {
    const world = worked().terminate().restore(1).task().failWith('$workspace', NOT_TAKEN).task();
    expect(world.state.steps['b']?.error).toMatchObject({
      type: 'workspace_snapshot_lost',
      message: expect.stringContaining(ONE.slice(0, 7)) as string,
    });
    const limits = { turns: null, tokens: null, costMicros: null, durationMs: null };
    world.continueRun({ step: null, limits, message: null, by: null }).task();
    expect(workspaceInput(world).files).toEqual(files);
  });

  test('has them on another worker where they are kept for all', () => {
    const world = worked(KEPT, kept).terminate().restore(1).task().failWith('$workspace', NOT_TAKEN).task();
    expect(scheduledFor(world)).toMatchObject({ id: '$workspace#2', queue: null });
    expect(workspaceInput(world)).toMatchObject({ files: { commit: ONE, kept: ref(ONE), queue: null } });
    world.reply('$workspace', ready('/w/2', 'w2', ONE, 9)).task();
    expect(world.scheduled.at(-1)).toMatchObject({ id: 'b#1', queue: 'w2' });
  });

  test('to before there was a workspace makes a new one', () => {
    const steps = [step('first'), step('a', ['first'], placed)];
    const world = new World(planOf(steps, { workspace: GIT })).task().complete('first').task();
    world.reply('$workspace', ready()).task().complete('a', 'a', taken(ONE, 2)).task().restore(1).task();
    expect(scheduledFor(world)).toMatchObject({ id: '$workspace#2', queue: null });
    expect(workspaceInput(world)).not.toHaveProperty('files');
  });

  test('keeps them as they are if it is to', () => {
    const { state } = worked();
    const now = { workspace: state.workspace, seen: [] } as never;
    expect(restoredCarry(state, now, new Map(), 'keep')?.['workspace']).toEqual(state.workspace);
    // One that has waited for its files in vain is where it was.
    const waiting = { ...state.workspace, status: 'failed', path: null, queue: null, wanted: files };
    const carry = restoredCarry(state, { workspace: waiting } as never, new Map(), 'keep');
    expect(carry?.['workspace']).toEqual(state.workspace);
    expect(restoredCarry(state, null, new Map(), 'keep')?.['workspace']).toBeNull();
  });
});

test('a promotion brings files of another run into its own directory where one worker has both', () => {
  const { state } = worked();
  const now = { workspace: state.workspace, seen: [] } as never;
  const theirs = (queue: string) => ({ commit: TWO, path: '/w/branch', queue, base: null });
  const workspaceFor = (queue: string) =>
    restoredCarry(departed(state, { files: theirs(queue) }), now)?.['workspace'];
  const { generation, queue } = state.workspace!;
  expect(workspaceFor(queue!)).toMatchObject({ path: null, generation, wanted: theirs(queue!) });
  expect(workspaceFor('another')).toMatchObject({ generation: generation + 1, wanted: theirs('another') });
});

test('a fork begins in a directory of its own, with the files of the checkpoint', () => {
  const args = worked().forkArgs(1);
  const fork = new World(planOf(STEPS, { workspace: GIT }), { args, runId: 'fork' }).task();
  expect(scheduledFor(fork)).toMatchObject({ id: '$workspace#1', queue: 'w1' });
  expect(workspaceInput(fork)).toMatchObject({ run: { id: 'fork' }, files: { commit: ONE, path: '/w/1' } });
});

test('a lost workspace is made anew with the newest snapshot, where that is kept for all', () => {
  const world = worked(KEPT, kept).pass(61_000).failWith('c', NOT_TAKEN).task();
  expect(scheduledFor(world)).toMatchObject({ id: '$workspace#2', queue: null });
  expect(workspaceInput(world)).toMatchObject({ files: { commit: TWO, kept: ref(TWO) } });
});
