/**
 * The directory that steps of a run share.
 *
 *     none ──(a step needs it)──▶ opening ──▶ ready ──(its worker is lost)──▶ opening
 *                                    └──▶ failed ──(a closed run goes on)──▶ forgotten ──▶ opening
 *     (the run is set back, or forked, with the files of a snapshot) ──▶ forgotten ──▶ opening
 *
 * `ready` names the worker's own task queue. That nobody takes an activity up there within {@link PICK_UP_MS} means
 * that the worker is lost: a workspace from git is made anew and the agents are told, an empty one cannot be. Where
 * snapshots are kept for every worker, both are made anew with the files of the newest one.
 */
import type { AnySpec, PlanStep } from '../../../plan/plan.ts';
import { WORKSPACE_ACTIVITY } from '../../../protocol/activity.ts';
import type { WorkspaceInput, WorkspaceOutput } from '../../../protocol/activity.ts';
import type { RawFailure, StepError } from '../../../protocol/failure.ts';
import type { WantedFiles } from '../../../protocol/snapshot.ts';
import { change, note, schedule, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { infraDelay, stepError } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { kindOf } from '../kernel/kind.ts';
import { planSteps } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import type { WorkspaceState } from '../kernel/state.ts';
import { CLOSE_MARGIN_MS } from '../kernel/timeouts.ts';
import { suppliedValues } from '../kernel/values.ts';
import { since } from '../kernel/versions.ts';
import { filesOf, keepSnapshot, snapshotIn } from './snapshots.ts';

/** How long an activity may wait for the one worker that can do it. */
const PICK_UP_MS = 60_000;
const TIMEOUT_MS = 10 * 60_000;

/** May a step that works in the workspace start? An error says that it never will. */
export function workspaceFor(draft: Draft, step: PlanStep<AnySpec>): 'ready' | 'wait' | StepError {
  if (!step.workspace || draft.state.plan?.workspace == null) return 'ready';
  const { workspace } = draft.state;
  if (workspace === null) open(draft, 1, null);
  else if (workspace.status === 'forgotten') open(draft, workspace.generation, null);
  return workspace?.status === 'ready' ? 'ready' : (workspace?.error ?? 'wait');
}

/** Where a step's activities go, and where they work. */
export function placeOf(draft: Draft, step: PlanStep<AnySpec>) {
  const { workspace } = draft.state;
  if (!step.workspace || workspace?.status !== 'ready')
    return { queue: step.capability, path: null, kept: {}, bound: {} };
  const { queue, path } = workspace;
  const kept = isKept(draft) ? { snapshots: true as const } : {};
  return { queue, path, kept, bound: { scheduleToStartMs: PICK_UP_MS } };
}

/** Are snapshots to be kept for other workers? */
function isKept({ state }: Draft): boolean {
  return state.plan?.workspace?.snapshots === true && since(state, 'workspace_snapshots');
}

function open(
  draft: Draft,
  generation: number,
  reason: string | null,
  infra = 0,
  wanted = draft.state.workspace?.wanted,
): void {
  const next: WorkspaceState = {
    status: 'opening',
    generation,
    path: null,
    queue: null,
    commit: null,
    readyAt: null,
    infra,
    ...branchOf(draft),
    ...(wanted === undefined ? {} : { wanted }),
  };
  const files = wanted === undefined ? null : `with the files of snapshot ${wanted.commit.slice(0, 7)}`;
  change(draft, { workspace: next });
  if (infra === 0) note(draft, { type: 'workspace_opening', generation, reason: reason ?? files });
  prepare(draft, generation, wanted);
}

/** Starts by hand under one id do not share a directory. It stays the run's when somebody goes on with it. */
function branchOf({ state }: Draft): Pick<WorkspaceState, 'branch'> {
  const { workspace, run } = state;
  if (workspace !== null) return workspace.branch === undefined ? {} : { branch: workspace.branch };
  const isByHand = since(state, 'whole_epochs') && !/^\d+$/.test(run.epoch);
  return isByHand ? { branch: run.epoch } : {};
}

function prepare(draft: Draft, generation: number, wanted: WantedFiles | undefined): void {
  const { plan } = draft.state;
  if (plan?.workspace == null) return;
  const { id: runId, workflow } = draft.state.run;
  const input: WorkspaceInput = {
    run: { id: runId, workflow, version: plan.version },
    generation,
    ...branchOf(draft),
    spec: plan.workspace,
    values: suppliedValues(draft, plan.workspace.uses),
    ...(wanted === undefined ? {} : { files: wanted }),
    timeoutMs: TIMEOUT_MS,
  };
  // The files lie with one worker, as long as they are not looked for elsewhere.
  const queue = wanted?.queue ?? null;
  schedule(
    draft,
    { type: 'workspace', generation },
    {
      activity: WORKSPACE_ACTIVITY,
      queue,
      summary: 'Prepare the workspace',
      input,
      startToCloseMs: TIMEOUT_MS + CLOSE_MARGIN_MS,
      ...(queue === null ? {} : { scheduleToStartMs: PICK_UP_MS }),
    },
  );
}

/** The retry's timer fired. */
export function reopenWorkspace(draft: Draft): void {
  const { workspace } = draft.state;
  if (workspace?.status === 'opening') open(draft, workspace.generation, null, workspace.infra);
}

export function takeWorkspace(draft: Draft, result: unknown): void {
  const { workspace } = draft.state;
  const { path, queue, commit, comment } = (result ?? {}) as Partial<WorkspaceOutput>;
  if (workspace === null) return;
  if (typeof path !== 'string' || typeof queue !== 'string') {
    return refuse(draft, stepError('workspace_failed', 'the activity did not answer with a directory', 0));
  }
  const { wanted, ...rest } = workspace;
  const snapshot = snapshotIn(draft.state, result);
  if (wanted !== undefined && snapshot?.commit !== wanted.commit) {
    const message = 'the worker did not bring the files of the snapshot back; it may be of an older version';
    return refuse(draft, stepError('workspace_failed', message, 0));
  }
  const known = { path, commit: typeof commit === 'string' ? commit : null };
  const ready = { ...rest, ...known, queue, status: 'ready', readyAt: draft.at.now, infra: 0 } as const;
  change(draft, { workspace: ready });
  const { generation } = workspace;
  note(draft, {
    type: 'workspace_ready',
    generation,
    ...known,
    comment: String(comment ?? `Workspace: ${path}`),
  });
  if (snapshot !== null) keepSnapshot(draft, ready, snapshot);
}

export function workspaceNotMade(draft: Draft, { error }: Judged): void {
  const { workspace } = draft.state;
  if (workspace === null) return;
  const { wanted } = workspace;
  if (wanted !== undefined && OUT_OF_REACH.has(error.type)) return lookElsewhere(draft, wanted, error);
  const infra = workspace.infra + 1;
  const delay = error.category === 'INFRA_ERROR' ? infraDelay(infra) : null;
  if (delay === null) return refuse(draft, { ...error, type: 'workspace_failed', category: 'TASK_ERROR' });
  change(draft, { workspace: { ...workspace, infra } });
  startTimer(draft, 'workspace', delay, 'prepare the workspace again');
}

const OUT_OF_REACH: ReadonlySet<string> = new Set(['not_started', 'workspace_snapshot_lost']);

/** Where the files lie there is nobody, or they are not there: those that were kept for others can be had anywhere. */
function lookElsewhere(draft: Draft, wanted: WantedFiles, error: StepError): void {
  const { workspace } = draft.state;
  if (workspace === null) return;
  if (error.type !== 'not_started') return refuse(draft, error);
  const { reason, remedy } = LOSSES.worker_gone;
  if (wanted.kept !== undefined && wanted.queue !== null)
    return open(draft, workspace.generation + 1, reason, 0, { ...wanted, queue: null });
  const message =
    `${reason}, so its files cannot be those of snapshot ${wanted.commit.slice(0, 7)}, which was kept nowhere else; ` +
    `${remedy}, or set it back without its files`;
  refuse(draft, stepError('workspace_snapshot_lost', message, 0));
}

function refuse(draft: Draft, error: StepError): void {
  const { workspace } = draft.state;
  if (workspace === null) return;
  change(draft, { workspace: { ...workspace, status: 'failed', error } });
  note(draft, { type: 'workspace_failed', generation: workspace.generation, error });
}

/** The directory that a failure `workspace_lost` speaks of has been replaced since: the present one is not lost. */
export function isOfEarlier(draft: Draft, failure: RawFailure): boolean {
  if (failure.kind !== 'application' || failure.type !== 'workspace_lost') return false;
  const { data } = (failure.details ?? {}) as { data?: { workspace?: unknown } };
  const { workspace } = draft.state;
  return (
    typeof data?.workspace === 'string' && workspace?.status === 'ready' && workspace.path !== data.workspace
  );
}

/** Why the workspace is gone: nobody takes up what only its worker can do, or that worker does not find it. */
type Loss = 'worker_gone' | 'directory_gone';

const LOSSES: Readonly<Record<Loss, { readonly reason: string; readonly remedy: string }>> = {
  worker_gone: {
    reason: 'the worker that held the workspace is gone',
    remedy: 'start that worker again and continue the run',
  },
  directory_gone: {
    reason: 'the workspace’s directory has been removed from its worker',
    remedy: 'continue the run to go on in a new one',
  },
};

/**
 * The workspace is gone. That something scheduled for an earlier generation was not taken up says nothing about the
 * present one.
 */
export function loseWorkspace(draft: Draft, loss: Loss): void {
  const { workspace, plan } = draft.state;
  const young = draft.at.now - (workspace?.readyAt ?? 0) < PICK_UP_MS;
  if (workspace?.status !== 'ready' || (young && loss === 'worker_gone')) return;
  const { reason, remedy } = LOSSES[loss];
  const files = filesOf(workspace);
  if (files?.kept !== undefined) {
    open(draft, workspace.generation + 1, reason, 0, { ...files, queue: null });
    return tellSteps(
      draft,
      `The workspace was lost: ${reason}. It was made anew with the files of its newest snapshot, so what came after that is gone. Look at the files before you go on.`,
    );
  }
  if (plan?.workspace?.source !== 'git') {
    const message = `${reason}, and an empty workspace cannot be made again from anything; ${remedy}`;
    return refuse(draft, stepError('workspace_lost', message, 0));
  }
  open(draft, workspace.generation + 1, reason);
  tellSteps(
    draft,
    `The workspace was lost: ${reason}. It was made anew from git, so changes that were not pushed are gone. Look at the files before you go on.`,
  );
}

/** A closed run goes on: a workspace that had failed is made again when a step needs it. */
export function forgetFailedWorkspace(draft: Draft): void {
  const { workspace, plan } = draft.state;
  if (workspace === null || workspace.status === 'ready') return;
  const { error, ...known } = workspace;
  // From git it is cloned anew, not taken up where it was given up; an empty one may still be there.
  const lost = error !== undefined && plan?.workspace?.source === 'git';
  const generation = workspace.generation + (lost ? 1 : 0);
  change(draft, { workspace: { ...known, status: 'forgotten', generation, infra: 0 } });
  if (error?.type !== 'workspace_lost') return;
  tellSteps(
    draft,
    'The workspace was lost. What you have written may not be there any more. Look at the files before you go on.',
  );
}

/** Those that work in it, and can be told. */
function tellSteps(draft: Draft, text: string): void {
  for (const step of planSteps(draft)) {
    const state = draft.steps[step.key];
    if (!step.workspace || state === undefined || isSettled(state.status)) continue;
    kindOf(draft, step).talks?.tell(draft, step, text);
  }
}
