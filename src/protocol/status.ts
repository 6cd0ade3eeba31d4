/**
 * What runs, steps, attempts, model calls and messages may be, and which of these are ends. State, tables, API and
 * screens have no other words for it. Questions: question.ts.
 */

export const OPEN_RUN = ['pending', 'running', 'paused'] as const;
export const ENDED_RUN = ['completed', 'failed', 'cancelled', 'terminated', 'timed_out'] as const;

/** `terminated`: by an operator in Temporal, so that nothing of the run could be done any more. */
export const RUN_STATUSES = [...OPEN_RUN, ...ENDED_RUN] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

const ENDED_RUNS: ReadonlySet<string> = new Set(ENDED_RUN);

/** Nothing more happens to the run, unless somebody continues it. */
export function hasEnded({ status }: { readonly status: string }): boolean {
  return ENDED_RUNS.has(status);
}

/** Nothing more happens to a step that is one of these. */
export const SETTLED_STEP_STATUSES = ['completed', 'failed', 'skipped', 'cancelled'] as const;

export const STEP_STATUSES = [
  ...(['pending', 'running', 'waiting', 'retrying'] as const),
  ...SETTLED_STEP_STATUSES,
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** As tables and readers know it. `superseded`: a later branch of the run no longer has the step. */
export const SHOWN_STEP_STATUSES = [...STEP_STATUSES, 'superseded'] as const;
export type ShownStepStatus = (typeof SHOWN_STEP_STATUSES)[number];

const SETTLED_STEPS: ReadonlySet<string> = new Set(SETTLED_STEP_STATUSES);

/** True once nothing more will happen to the step, as long as it is one of its run's. */
export function isSettled(status: ShownStepStatus): boolean {
  return SETTLED_STEPS.has(status);
}

export const ATTEMPT_STATUSES = ['running', 'waiting', 'completed', 'failed', 'cancelled'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

/** Of a model call. `aborted`: it was stopped; `lost`: its worker died, and nobody knows what it consumed. */
export const CALL_STATUSES = ['running', 'completed', 'failed', 'aborted', 'lost'] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/**
 * Of a message. `pending`: agents have yet to read it; `acknowledged`: an agent has it before him; `processed`: done;
 * `ignored`: it came to nothing.
 */
export const MESSAGE_STATUSES = ['pending', 'acknowledged', 'processed', 'ignored'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/**
 * Why a point of a run is kept. `step`: a step has settled; `level`: a whole level has; `label`: a person asked for it;
 * `close`: an execution of the run has ended.
 */
export const CHECKPOINT_REASONS = ['step', 'level', 'label', 'close'] as const;
export type CheckpointReason = (typeof CHECKPOINT_REASONS)[number];

/** Nothing more becomes of the message. */
export function isDone(status: MessageStatus): status is 'processed' | 'ignored' {
  return status === 'processed' || status === 'ignored';
}

/** What an agent has done with a message that it has got: `processed` once it has answered with it in its session. */
export const READER_STATUSES = ['acknowledged', 'processed'] as const;
export type ReaderStatus = (typeof READER_STATUSES)[number];

/** How work for a node stands; what leads from one to the other is drawn in `src/nodes/node.ts`. */
export const ASSIGNMENT_STATUSES = [
  'waiting',
  'assigned',
  'running',
  'completed',
  'failed',
  'lost',
  'cancelled',
] as const;

export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number];
