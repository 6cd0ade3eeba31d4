import { sql, type Statement } from '../../../database/sql.ts';

/** Lets the oldest go, so that no more than so many wait. */
export const dropOldestSpans = (most: number): Statement => sql`
  delete from trace_spans
  where id <= (select id from trace_spans order by id desc offset ${most} limit 1)`;
