/** Rows of `workflow_runs` as JSON. */
import type { Json, JsonObject } from '../../plan/json.ts';
import { blankOf } from '../../contract/shared/blank.ts';
import { Run } from '../../contract/run.ts';
import { exactly } from './exactly.ts';
import { iso, isoOrNull } from './time.ts';

type Times =
  | 'pause_requested_at'
  | 'pause_drained_at'
  | 'cancel_requested_at'
  | 'created_at'
  | 'started_at'
  | 'completed_at'
  | 'updated_at'
  | 'archived_at'
  | 'discarded_at';

/** `position` is `created_at` with all its digits, for the cursor. */
export type RunRow = Omit<Run, Times | 'execution'> & {
  readonly [K in Times]: Run[K] extends string ? Date : Date | null;
} & {
  readonly execution_id: string;
  readonly position: string;
  readonly active_since: Date | null;
  readonly rows_version: number;
};

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
  const { execution_id, position: _, rows_version: __, active_since: since, ...rest } = row;
  return exactly<Run>()({
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
    discarded_at: isoOrNull(row.discarded_at),
    imported: row.imported && { ...row.imported, at: iso(row.imported.at) },
  });
}

/** What it has worked until now. */
function workingTime(seconds: number | null, since: Date | null): number | null {
  if (seconds === null || since === null) return seconds;
  return (Math.round(seconds * 1000) + Math.max(0, Date.now() - since.getTime())) / 1000;
}

const NOTHING_YET = blankOf(
  Run.omit({
    ...({ id: true, workflow: true, version: true, plan_hash: true, status: true } as const),
    ...({ inputs: true, labels: true, execution: true, created_at: true, updated_at: true } as const),
  }),
);

/** A run that Temporal has and the tables do not have yet: the same fields. */
export function pendingRun(known: PendingRun): Run {
  return {
    id: known.id,
    workflow: known.workflow,
    version: known.version,
    plan_hash: known.planHash,
    status: 'pending',
    ...NOTHING_YET,
    active_seconds: 0,
    inputs: known.inputs as Json,
    labels: { ...known.labels },
    execution: { workflow_id: known.id, run_id: known.executionId },
    created_at: iso(known.createdAt),
    updated_at: iso(known.createdAt),
  };
}
