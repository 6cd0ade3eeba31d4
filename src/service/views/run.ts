/** Rows of `workflow_runs` as JSON. */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Run } from '../../contract/run.ts';
import { iso, isoOrNull } from './time.ts';

type Times =
  | 'pause_requested_at'
  | 'pause_drained_at'
  | 'cancel_requested_at'
  | 'created_at'
  | 'started_at'
  | 'completed_at'
  | 'updated_at'
  | 'archived_at';

/** `position` is `created_at` with all its digits, for the cursor. */
export type RunRow = Omit<Run, Times | 'execution'> & {
  readonly [K in Times]: Run[K] extends string ? Date : Date | null;
} & { readonly execution_id: string; readonly position: string; readonly active_since: Date | null };

/** What is known of a run between its start and its first row. */
export interface PendingRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly planHash: string | null;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly executionId: string;
  readonly createdAt: Date;
}

export function runJson(row: RunRow): Run {
  const { execution_id, position: _, active_since: since, ...rest } = row;
  return {
    ...rest,
    execution: { workflow_id: row.id, run_id: execution_id },
    pause_requested_at: isoOrNull(row.pause_requested_at),
    pause_drained_at: isoOrNull(row.pause_drained_at),
    pause: row.pause && { ...row.pause, ends_at: isoOrNull(row.pause.ends_at) },
    temporal_pause: row.temporal_pause && {
      ...row.temporal_pause,
      since: iso(row.temporal_pause.since),
    },
    active_seconds: workingTime(row.active_seconds, since),
    cancel_requested_at: isoOrNull(row.cancel_requested_at),
    created_at: iso(row.created_at),
    started_at: isoOrNull(row.started_at),
    completed_at: isoOrNull(row.completed_at),
    updated_at: iso(row.updated_at),
    archived_at: isoOrNull(row.archived_at),
  };
}

/** What it has worked until now. */
function workingTime(seconds: number | null, since: Date | null): number | null {
  if (seconds === null || since === null) return seconds;
  return (Math.round(seconds * 1000) + Math.max(0, Date.now() - since.getTime())) / 1000;
}

/** A run that Temporal has and the tables do not have yet: the same fields. */
export function pendingRun(known: PendingRun): Run {
  return {
    id: known.id,
    workflow: known.workflow,
    version: known.version,
    plan_hash: known.planHash,
    status: 'pending',
    ...NOTHING_YET,
    inputs: known.inputs as Json,
    labels: { ...known.labels },
    execution: { workflow_id: known.id, run_id: known.executionId },
    created_at: iso(known.createdAt),
    updated_at: iso(known.createdAt),
  };
}

const NOTHING_YET = {
  terminal_reason: null,
  is_paused: false,
  pause_requested_at: null,
  pause_reason: null,
  pause_drained_at: null,
  pause: null,
  temporal_pause: null,
  cancel_requested_at: null,
  output: null,
  error: null,
  error_message: null,
  metadata: {},
  session_id: null,
  session_name: null,
  workspace_path: null,
  limits: {},
  needs: [],
  turns: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
  cost_estimate: null,
  duration_seconds: null,
  active_seconds: 0,
  revision: 0,
  epoch: 0,
  lineage: {},
  diverged: null,
  last_seq: 0,
  started_at: null,
  completed_at: null,
  archived_at: null,
} as const satisfies Partial<Run>;
