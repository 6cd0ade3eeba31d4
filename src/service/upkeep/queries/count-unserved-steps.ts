import { sql, type Statement } from '../../../database/sql.ts';

/**
 * `{queue, count}` of work that no worker is there for, of each task queue: of Baton's own, and of those that steps of kind
 * `node` name. As projectors saw it in the last minute: rows of one that has died say nothing.
 */
export const countUnservedSteps = (): Statement => sql`
  select unserved_queue as queue, count(*) as count from workflow_processes
  where unserved_queue is not null and observed_at > now() - interval '1 minute'
  group by 1`;
