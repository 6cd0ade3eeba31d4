import { sql, type Statement } from '../../../database/sql.ts';
import { beganIn, type Period } from '../period.ts';

/** Why runs of a period failed: the same error at the same step of the same workflow together, the most frequent first. */
export const failures = (period: Period): Statement => sql`
  select r.workflow, r.error ->> 'step' as step, coalesce(r.error ->> 'type', r.status) as type,
         (array_agg(coalesce(r.error_message, r.status) order by r.created_at desc))[1] as message,
         count(*)::int as runs, (array_agg(r.id order by r.created_at desc))[1] as run
  from workflow_runs r
  where ${beganIn(period)} and r.status in ('failed', 'timed_out')
  group by 1, 2, 3 order by count(*) desc, max(r.created_at) desc limit 20`;
