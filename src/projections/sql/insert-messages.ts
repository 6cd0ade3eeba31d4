import { sql, type Statement } from '../../database/sql.ts';
import type { MessageRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Adds entries to threads. `condition` may speak of a row as `r`. */
export const insertMessages = (rows: readonly MessageRow[], condition = sql`true`): Statement => sql`
  insert into workflow_messages
  select * from jsonb_populate_recordset(null::workflow_messages, ${jsonText(rows)}::jsonb) r
  where ${condition}`;
