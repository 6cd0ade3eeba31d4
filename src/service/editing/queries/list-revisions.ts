import { sql, type Statement } from '../../../database/sql.ts';
import type { JsonObject } from '../../../plan/json.ts';

export interface RevisionRow {
  readonly seq: number;
  readonly at: Date;
  /** Of the event `plan`. */
  readonly data: JsonObject;
}

/** The events that tell of a run's plans (RevisionRow), the newest first: of an edit each, and that of its beginning. */
export const listRevisions = (runId: string, limit: number): Statement => sql`
  select seq, at, data from workflow_events
  where run_id = ${runId} and type = 'plan' order by seq desc limit ${limit}`;
