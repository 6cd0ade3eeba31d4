import { sql, type Statement } from '../../database/sql.ts';

export interface StoredEvent {
  readonly event_id: number;
  readonly data: Buffer;
}

/** Stored events (StoredEvent) of an execution in order, after `after`, at most `limit`. */
export const listHistoryEvents = (executionId: string, after: number, limit: number): Statement => sql`
  select event_id, data from history_events
  where execution_id = ${executionId} and event_id > ${after}
  order by event_id limit ${limit}`;
