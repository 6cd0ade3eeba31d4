import { sql, type Statement } from '../../../database/sql.ts';

export interface StepStatisticsRow {
  readonly key: string;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly retried: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly cost_p50: number | null;
  readonly cost_p95: number | null;
  readonly cost_sum: number | null;
  readonly unpriced: number;
  readonly total_tokens: number;
}

/** How the steps of these runs went (StepStatisticsRow), in the order of their plans. Superseded ones do not count. */
export const stepStatistics = (runs: readonly string[]): Statement => sql`
  select key,
         count(started_at) as started,
         count(*) filter (where status = 'completed') as completed,
         count(*) filter (where status = 'failed') as failed,
         count(*) filter (where status = 'skipped') as skipped,
         count(*) filter (where started_at is not null and attempt > 1) as retried,
         percentile_cont(0.5) within group (order by seconds) as p50,
         percentile_cont(0.95) within group (order by seconds) as p95,
         percentile_cont(0.5) within group (order by cost) as cost_p50,
         percentile_cont(0.95) within group (order by cost) as cost_p95,
         sum(cost)::bigint as cost_sum,
         count(*) filter (where started_at is not null and cost is null) as unpriced,
         sum(total_tokens)::bigint as total_tokens
  from (
    select key, position, status, attempt, started_at, total_tokens,
           case when status = 'completed' then extract(epoch from completed_at - started_at) end as seconds,
           case when started_at is not null then cost_estimate end as cost
    from workflow_step_executions where run_id = any(${runs}) and status <> 'superseded'
  ) s
  group by key order by min(position), key`;
