import { sql, type Statement } from '../../../database/sql.ts';

/** When maintenance was done last on its schedule (`done_at`, s since 1970; null: never), and how often it has failed since. */
export const findMaintenance = (): Statement => sql`
  select extract(epoch from max(ended_at) filter (where outcome = 'done'))::float as done_at,
         count(*) filter (where outcome not in ('done', 'begun') and id > coalesce(
           (select max(id) from maintenance_runs where outcome = 'done'), 0)) as failures
  from maintenance_runs`;
