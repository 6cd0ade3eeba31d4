import { sql, type Statement } from '../../database/sql.ts';
import type { AttemptRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Inserts or replaces attempts. `condition` may speak of a row as `r`. */
export const upsertAttempts = (rows: readonly AttemptRow[], condition = sql`true`): Statement => sql`
  insert into workflow_step_attempts
  select * from json_populate_recordset(null::workflow_step_attempts, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (run_id, step, epoch, attempt) do update set
    status = excluded.status, category = excluded.category, error = excluded.error,
    worker = excluded.worker, usage = excluded.usage, scheduled_at = excluded.scheduled_at,
    started_at = excluded.started_at, completed_at = excluded.completed_at`;
