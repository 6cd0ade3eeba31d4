import { sql, type Statement } from '../../../database/sql.ts';

/** Counts and times per workflow. */
export const workflowStats = (): Statement => sql`
  select workflow, runs, completed, failed, cancelled, active, average_seconds, median_seconds,
         average_duration_seconds, median_duration_seconds,
         total_tokens::bigint as total_tokens, cost_estimate::bigint as cost_estimate, unpriced_runs, last_run_at
  from v_workflow_stats order by workflow`;
