import { sql, type Statement } from '../../../database/sql.ts';

/**
 * How many seconds ago a projector of this database ran a statement last; null when none is connected. One that does its
 * work runs one each second.
 */
export const findProjector = (): Statement => sql`
  select extract(epoch from clock_timestamp() - max(query_start))::float as seconds
  from pg_stat_activity where application_name = 'baton-projector' and datname = current_database()`;
