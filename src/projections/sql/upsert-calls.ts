import { sql, type Statement } from '../../database/sql.ts';
import type { CallRow } from '../fold/agent-rows.ts';
import { jsonText } from './json-text.ts';

/** Inserts or replaces model calls. `condition` may speak of a row as `r`. */
export const upsertCalls = (rows: readonly CallRow[], condition = sql`true`): Statement => sql`
  insert into llm_calls
  select * from json_populate_recordset(null::llm_calls, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (run_id, step, epoch, attempt, turn) do update set
    segment = excluded.segment,
    purpose = excluded.purpose,
    status = excluded.status,
    replayed = excluded.replayed,
    session_id = excluded.session_id,
    provider = excluded.provider,
    requested_model = excluded.requested_model,
    model = excluded.model,
    input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens,
    cache_read_tokens = excluded.cache_read_tokens,
    cache_write_tokens = excluded.cache_write_tokens,
    reasoning_tokens = excluded.reasoning_tokens,
    total_tokens = excluded.total_tokens,
    cost_estimate = excluded.cost_estimate,
    price_version = excluded.price_version,
    first_token_ms = excluded.first_token_ms,
    duration_ms = excluded.duration_ms,
    finish_reason = excluded.finish_reason,
    usage_note = excluded.usage_note,
    error = excluded.error,
    worker = excluded.worker,
    started_at = excluded.started_at,
    completed_at = excluded.completed_at`;
