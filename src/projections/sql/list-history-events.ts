import { sql, type Statement } from '../../database/sql.ts';
import type { historyEvents } from '../../tables/stored/history-events.ts';
import type { RowOf } from '../../tables/table.ts';

export type StoredEvent = Pick<RowOf<typeof historyEvents>, 'event_id' | 'data'>;

/** Stored events (StoredEvent) of an execution in order, after `after`, at most `limit`. */
export const listHistoryEvents = (executionId: string, after: number, limit: number): Statement => sql`
  select event_id, data from history_events
  where execution_id = ${executionId} and event_id > ${after}
  order by event_id limit ${limit}`;
