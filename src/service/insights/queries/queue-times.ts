import { sql, type Statement } from '../../../database/sql.ts';
import type { Period } from '../period.ts';

const waited = sql`extract(epoch from a.started_at - a.scheduled_at)`;

const percentiles = sql`
  percentile_cont(0.5) within group (order by ${waited})::float8 as queue_p50_seconds,
  percentile_cont(0.95) within group (order by ${waited})::float8 as queue_p95_seconds`;

const scheduledIn = ({ since, until, workflow }: Period): Statement => sql`
  a.started_at is not null and a.scheduled_at >= ${since} and a.scheduled_at < ${until}
  and (${workflow ?? null}::text is null
       or exists (select 1 from workflow_runs r where r.id = a.run_id and r.workflow = ${workflow ?? null}))`;

/** How long attempts of a period waited for a worker (QueueTimes), one row. */
export const queueTimes = (period: Period): Statement => sql`
  select ${percentiles} from workflow_step_attempts a where ${scheduledIn(period)}`;

/** The same by hour or day in a zone (`at`). */
export const queueBuckets = (period: Period, bucket: string, zone: string): Statement => sql`
  select date_trunc(${bucket}, a.scheduled_at, ${zone}) as at, ${percentiles}
  from workflow_step_attempts a where ${scheduledIn(period)} group by 1`;
