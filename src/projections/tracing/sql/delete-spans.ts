import { sql, type Statement } from '../../../database/sql.ts';

/** The collector has them, or will never take them. */
export const deleteSpans = (ids: readonly number[]): Statement => sql`
  delete from trace_spans where id = any(${ids}::bigint[])`;
