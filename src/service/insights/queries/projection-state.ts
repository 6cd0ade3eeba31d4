import { sql, type Statement } from '../../../database/sql.ts';

/**
 * How well the tables follow Temporal at the moment (ProjectionState without the projector, one row): open executions
 * that a projector holds, and those that none does, so that their rows stay as they are.
 */
export const projectionState = (): Statement => sql`
  select count(*) filter (where lease_until >= now())::int as followed_runs,
         count(*) filter (where lease_until is null or lease_until < now())::int as unfollowed_runs
  from executions where close_status is null and not source_gone`;
