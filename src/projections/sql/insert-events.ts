import { sql, type Statement } from '../../database/sql.ts';
import type { EventRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Adds public events. `condition` may speak of a row as `r`. */
export const insertEvents = (rows: readonly EventRow[], condition = sql`true`): Statement => sql`
  insert into workflow_events
  select * from json_populate_recordset(null::workflow_events, ${jsonText(rows)}::json) r
  where ${condition}`;
