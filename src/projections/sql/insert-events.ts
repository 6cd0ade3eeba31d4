import { sql, type Statement } from '../../database/sql.ts';
import type { EventRow } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Adds public events. */
export const insertEvents = (rows: readonly EventRow[]): Statement => sql`
  insert into workflow_events
  select * from jsonb_populate_recordset(null::workflow_events, ${jsonText(rows)}::jsonb)`;
