import { sql, type Statement } from '../../database/sql.ts';
import type { PageWrite } from '../page-write.ts';

/** Keeps the durable events themselves. `condition` may speak of a row as `r`. */
export function insertHistoryEvents(pages: readonly PageWrite[], condition: Statement): Statement {
  const events = pages.flatMap(({ executionId, rawEvents }) =>
    rawEvents.map((event) => ({ executionId, ...event })),
  );
  return sql`
    insert into history_events (execution_id, event_id, event_type, event_time, data)
    select r.* from unnest(
      ${events.map((event) => event.executionId)}::text[],
      ${events.map((event) => event.eventId)}::bigint[],
      ${events.map((event) => event.type)}::text[],
      ${events.map((event) => event.at)}::timestamptz[],
      ${events.map((event) => event.bytes)}::bytea[])
      as r (execution_id, event_id, event_type, event_time, data)
    where ${condition}`;
}
