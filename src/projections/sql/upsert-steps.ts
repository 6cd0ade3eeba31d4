import { sql, type Statement } from '../../database/sql.ts';
import type { StepRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Inserts or replaces steps. `condition` may speak of a row as `r`. */
export const upsertSteps = (rows: readonly StepRow[], condition = sql`true`): Statement => sql`
  insert into workflow_step_executions
  select * from json_populate_recordset(null::workflow_step_executions, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (run_id, key) do update set
    position = excluded.position, title = excluded.title, kind = excluded.kind, level = excluded.level,
    dependencies = excluded.dependencies, capability = excluded.capability, status = excluded.status,
    attempt = excluded.attempt, reason = excluded.reason, error = excluded.error,
    output = excluded.output, output_preview = excluded.output_preview,
    output_bytes = excluded.output_bytes, tolerated = excluded.tolerated,
    session_id = excluded.session_id, turns = excluded.turns, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, total_tokens = excluded.total_tokens,
    cost_estimate = excluded.cost_estimate, started_at = excluded.started_at,
    completed_at = excluded.completed_at, agent = excluded.agent, model = excluded.model,
    segments = excluded.segments`;
