import { sql, type Statement } from '../../../database/sql.ts';
import { beganIn, type Period } from '../period.ts';

const sums = sql`
  count(*)::int as runs,
  count(*) filter (where r.status = 'completed')::int as completed,
  count(*) filter (where r.status in ('failed', 'timed_out'))::int as failed,
  count(*) filter (where r.status in ('cancelled', 'terminated'))::int as stopped,
  count(*) filter (where r.completed_at is null)::int as open,
  percentile_cont(0.5) within group (order by r.active_seconds) filter (where r.status = 'completed') as p50_seconds,
  percentile_cont(0.95) within group (order by r.active_seconds) filter (where r.status = 'completed') as p95_seconds,
  coalesce(sum(r.total_tokens), 0)::bigint as total_tokens,
  sum(r.cost_estimate)::bigint as cost_estimate,
  count(*) filter (where r.cost_estimate is null)::int as unpriced_runs`;

/** Sums of all runs of a period (RunSums), one row. */
export const runSums = (period: Period): Statement => sql`
  select ${sums} from workflow_runs r where ${beganIn(period)}`;

/** The same by hour or day in a zone (`at`), those in which a run began. */
export const runBuckets = (period: Period, bucket: string, zone: string): Statement => sql`
  select date_trunc(${bucket}, r.created_at, ${zone}) as at, ${sums}
  from workflow_runs r where ${beganIn(period)} group by 1 order by 1`;

/** Sums by workflow, the dearest first; at most 50. */
export const workflowSums = (period: Period): Statement => sql`
  select r.workflow, ${sums} from workflow_runs r where ${beganIn(period)}
  group by r.workflow order by sum(r.cost_estimate) desc nulls last, count(*) desc, r.workflow limit 50`;
