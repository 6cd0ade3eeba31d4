import { sql, type Statement } from '../../../database/sql.ts';

/**
 * `{queue, count}` of work that no worker is there for, of each task queue: of Baton's own, and of those that steps of kind
 * `node` name, which are what the text tells. As projectors saw it in the last minute: rows of one that has died say nothing.
 */
export const countUnservedSteps = (): Statement => sql`
  select substring(waiting_for from '[(]task queue (.+)[)]$') as queue, count(*) as count from workflow_processes
  where pause is null and waiting_for like '%(task queue %)' and observed_at > now() - interval '1 minute'
  group by 1`;
