import { sql, type Statement } from '../../../database/sql.ts';

/** Whoever comes next sends them. */
export const giveSpansBack = (ids: readonly number[]): Statement => sql`
  update trace_spans set taken_until = null where id = any(${ids}::bigint[])`;
