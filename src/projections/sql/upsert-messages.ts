import { sql, type Statement } from '../../database/sql.ts';
import type { MessageRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Adds entries to threads, or what has become of them. `condition` may speak of a row as `r`. */
export const upsertMessages = (rows: readonly MessageRow[], condition = sql`true`): Statement => sql`
  insert into workflow_messages
  select * from json_populate_recordset(null::workflow_messages, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (run_id, seq) do update set
    action_status = excluded.action_status,
    reason = excluded.reason,
    reason_code = excluded.reason_code,
    metadata = excluded.metadata,
    acknowledged_at = excluded.acknowledged_at,
    processed_at = excluded.processed_at,
    readers = excluded.readers,
    updated_seq = excluded.updated_seq`;
