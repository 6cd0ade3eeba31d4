import { sql, type Statement } from '../../../database/sql.ts';
import type { Period } from '../period.ts';

const within = ({ since, until }: Period): Statement => sql`at >= ${since} and at < ${until}`;

/** The longest lag of a period (`projection_lag_seconds`), one row. */
export const longestLag = (period: Period): Statement => sql`
  select max(seconds)::float8 as projection_lag_seconds from projection_lags where ${within(period)}`;

/** The same by hour or day in a zone (`at`). */
export const lagBuckets = (period: Period, bucket: string, zone: string): Statement => sql`
  select date_trunc(${bucket}, at, ${zone}) as at, max(seconds)::float8 as projection_lag_seconds
  from projection_lags where ${within(period)} group by 1`;
