/** Why something cannot be done with a run or a step now, in words; undefined: it can. Buttons and keys ask here. */
import { whyReadOnly } from '../../api/offline.ts';
import type { Run, Step } from '../../api/generated.ts';

export const RUN_ACTIONS = [
  'pause',
  'resume',
  'cancel',
  'redirect',
  'limits',
  'edit',
  'message',
  'continue',
  'rerun',
  'fork',
] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

export const STEP_ACTIONS = [
  'skip',
  'retry',
  'stop-retrying',
  'hold',
  'release',
  'override',
  'limits',
  'compact',
  'rerun',
] as const;
export type StepAction = (typeof STEP_ACTIONS)[number];

type RunNow = Pick<
  Run,
  'status' | 'is_paused' | 'temporal_pause' | 'cancel_requested_at' | 'imported' | 'archived_at'
>;
type StepNow = Pick<Step, 'status' | 'kind' | 'held' | 'attempt' | 'session_id'>;

const ENDED: ReadonlySet<Run['status']> = new Set([
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
]);
const SETTLED: ReadonlySet<Step['status']> = new Set([
  'completed',
  'failed',
  'skipped',
  'cancelled',
  'superseded',
]);
const OPEN_ONLY: ReadonlySet<RunAction> = new Set([
  'pause',
  'resume',
  'cancel',
  'redirect',
  'limits',
  'edit',
  'message',
]);

export function hasEnded({ status }: Pick<Run, 'status'>): boolean {
  return ENDED.has(status);
}

export function isSettled({ status }: Pick<Step, 'status'>): boolean {
  return SETTLED.has(status);
}

/** @param at set: a moment of the past is shown */
export function whyNotRun(action: RunAction, run: RunNow, at: number | undefined): string | undefined {
  const always = whyReadOnly() ?? whyNever(run, at);
  if (always !== undefined && !(action === 'rerun' && run.archived_at !== null && run.imported === null))
    return always;
  const ended = hasEnded(run);
  if (ended && OPEN_ONLY.has(action)) return 'The run has ended. Continue it, or fork it.';
  if (action === 'continue') return ended ? undefined : 'The run is still open.';
  if (action === 'pause' && run.is_paused) return 'The run is paused already.';
  if (action === 'resume')
    return run.is_paused || run.temporal_pause !== null ? undefined : 'The run is not paused.';
  if (action === 'cancel' && run.cancel_requested_at !== null) return 'The run is being cancelled.';
  return undefined;
}

export function whyNotStep(
  action: StepAction,
  run: RunNow,
  step: StepNow,
  at: number | undefined,
): string | undefined {
  const always = whyReadOnly() ?? whyNever(run, at);
  if (always !== undefined) return always;
  if (hasEnded(run)) return 'The run has ended.';
  const settled = isSettled(step);
  const reasons: Readonly<Record<StepAction, string | undefined | false>> = {
    skip: (settled && 'The step has settled.') || (step.status === 'running' && 'The step is at work.'),
    retry: step.status !== 'retrying' && 'The step does not wait for another try.',
    'stop-retrying': step.status !== 'retrying' && 'The step does not wait for another try.',
    hold:
      (step.held !== null && 'The step is held already.') ||
      (step.status !== 'pending' && step.status !== 'retrying' && 'The step has begun.'),
    release: step.held === null && 'Nobody holds the step.',
    override: step.status !== 'completed' && step.status !== 'failed' && 'The step has no result yet.',
    limits: step.kind !== 'agent' ? 'Only agents have limits.' : settled && 'The step has settled.',
    compact: step.kind !== 'agent' ? 'Only agents have a conversation.' : settled && 'The step has settled.',
    rerun: !settled && 'The step has not settled.',
  };
  return reasons[action] || undefined;
}

function whyNever({ imported, archived_at: archived }: RunNow, at: number | undefined): string | undefined {
  if (at !== undefined) return 'You look at the past. Go to now first.';
  if (imported !== null) return 'The run was imported to be read: it belongs to another installation.';
  if (archived !== null) return 'The run is archived: its details are not here.';
  return undefined;
}
