import { sql, type Statement } from '../../database/sql.ts';
import type { RunRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Inserts or replaces runs; whether one is archived is not the projector's business. `condition` may speak of a row as `r`. */
export const upsertRuns = (rows: readonly RunRow[], condition = sql`true`): Statement => sql`
  insert into workflow_runs
  select * from json_populate_recordset(null::workflow_runs, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (id) do update set
    workflow = excluded.workflow, version = excluded.version, plan_hash = excluded.plan_hash,
    status = excluded.status, terminal_reason = excluded.terminal_reason,
    is_paused = excluded.is_paused, pause_requested_at = excluded.pause_requested_at,
    pause_reason = excluded.pause_reason, pause_drained_at = excluded.pause_drained_at,
    cancel_requested_at = excluded.cancel_requested_at, inputs = excluded.inputs,
    output = excluded.output, error = excluded.error, error_message = excluded.error_message,
    labels = excluded.labels, metadata = excluded.metadata, session_id = excluded.session_id,
    session_name = excluded.session_name, workspace_path = excluded.workspace_path,
    turns = excluded.turns, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, cache_read_tokens = excluded.cache_read_tokens,
    cache_write_tokens = excluded.cache_write_tokens, reasoning_tokens = excluded.reasoning_tokens,
    total_tokens = excluded.total_tokens, cost_estimate = excluded.cost_estimate,
    duration_seconds = excluded.duration_seconds, revision = excluded.revision, epoch = excluded.epoch,
    execution_id = excluded.execution_id, lineage = excluded.lineage, diverged = excluded.diverged,
    last_seq = excluded.last_seq, created_at = excluded.created_at, started_at = excluded.started_at,
    completed_at = excluded.completed_at, updated_at = excluded.updated_at,
    limits = excluded.limits, needs = excluded.needs, pause = excluded.pause,
    temporal_pause = excluded.temporal_pause, active_seconds = excluded.active_seconds,
    active_since = excluded.active_since`;
