import { sql, type Statement } from '../../database/sql.ts';
import type { CheckpointRow } from '../fold/agent-rows.ts';
import { jsonText } from './json-text.ts';

/** Adds checkpoints. `condition` may speak of a row as `r`. */
export const insertCheckpoints = (rows: readonly CheckpointRow[], condition = sql`true`): Statement => sql`
  insert into workflow_checkpoints
  select * from json_populate_recordset(null::workflow_checkpoints, ${jsonText(rows)}::json) r
  where ${condition}`;
