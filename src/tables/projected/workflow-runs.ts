/** One row for a run, and the one source of its status. */
import type { JsonObject } from '../../plan/json.ts';
import type { LimitsJson } from '../../protocol/limits.ts';
import type { PauseMode } from '../../protocol/signals.ts';
import type { RunStatus } from '../../protocol/status.ts';
import {
  bigint,
  boolean,
  float,
  integer,
  json,
  jsonb,
  later,
  lowest,
  nullable,
  text,
  time,
} from '../column.ts';
import { table, type RowOf } from '../table.ts';
import { consumption } from './consumption.ts';
import type { Need } from './need.ts';

export interface RunError {
  readonly type: string;
  readonly message: string;
  readonly step: string | null;
}

/** A pause that stands. */
export interface PauseJson {
  readonly mode: PauseMode;
  readonly by: string | null;
  /** Steps that it waits for or has waited for, and how many of them have come to rest. */
  readonly busy: number;
  readonly drained: number;
  /** null: until somebody resumes the run. */
  readonly ends_at: string | null;
  readonly on_timeout: 'resume' | 'cancel';
}

/** A pause that an operator has asked Temporal for. */
export interface TemporalPauseJson {
  readonly by: string | null;
  readonly reason: string | null;
  readonly since: string;
}

/** Where history shows something else than what the core decides. */
export interface DivergedJson {
  readonly execution_id: string;
  readonly event_id: number;
  readonly expected: string;
  readonly found: string;
}

export const workflowRuns = table({
  name: 'workflow_runs',
  key: ['id'],
  rows: 'replaced',
  run: 'id',
  archive: 'copied',
  columns: {
    id: text(),
    workflow: text(),
    version: nullable(text()),
    plan_hash: nullable(text()),
    status: text<RunStatus>(),
    terminal_reason: nullable(text()),
    is_paused: boolean(),
    pause_requested_at: nullable(time()),
    pause_reason: nullable(text()),
    pause_drained_at: nullable(time()),
    cancel_requested_at: nullable(time()),
    inputs: json(),
    output: nullable(json()),
    error: nullable(json<RunError>()),
    error_message: nullable(text()),
    labels: jsonb<Readonly<Record<string, string>>>(),
    metadata: jsonb<JsonObject>(),
    session_id: nullable(text()),
    session_name: nullable(text()),
    workspace_path: nullable(text()),
    ...consumption,
    cache_read_tokens: bigint(),
    cache_write_tokens: bigint(),
    reasoning_tokens: bigint(),
    duration_seconds: nullable(float()),
    revision: integer(),
    epoch: integer(),
    execution_id: text(),
    lineage: jsonb<JsonObject>(),
    diverged: nullable(jsonb<DivergedJson>()),
    last_seq: bigint(),
    created_at: time(),
    started_at: nullable(time()),
    completed_at: nullable(time()),
    updated_at: time(),
    limits: jsonb<LimitsJson | Readonly<Record<string, never>>>(),
    /** What somebody has to do so that the run goes on. */
    needs: jsonb<readonly Need[]>(),
    pause: nullable(jsonb<PauseJson>()),
    /** Temporal's own pause, which the run itself does not see. */
    temporal_pause: nullable(jsonb<TemporalPauseJson>()),
    /** How long something of it was dispatched, up to `active_since`. */
    active_seconds: later(float()),
    /** Since when something is; null: nothing is. */
    active_since: nullable(time()),
    /** What the run's rows say is of this version; where an older writer was at them too, of its. */
    rows_version: lowest(integer()),
  },
  beside: {
    /** Its rows, but for this one, are in a file, or nowhere. */
    archived_at: nullable(time()),
    /** They are nowhere. */
    discarded_at: nullable(time()),
  },
});

export type RunRow = RowOf<typeof workflowRuns>;
