import { sql, type Statement } from '../../../database/sql.ts';

/** `{status, category, count}` of all attempts; `category` is that of failures, else none. */
export const countAttempts = (): Statement => sql`
  select status, coalesce(category, 'none') as category, count(*) as count
  from workflow_step_attempts group by 1, 2`;
