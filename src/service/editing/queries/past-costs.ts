import { sql, type Statement } from '../../../database/sql.ts';

export interface PastCostRow {
  readonly key: string;
  readonly total_tokens: number;
  /** Micro-dollars. */
  readonly cost: number;
}

/** Most runs that are looked at. */
const RUNS = 50;
/** Most rows of steps that are, as long as it takes more than one run. */
const ROWS = 10_000;

/**
 * What these steps took on average in the newest runs of a workflow in which they completed (PastCostRow). Of many steps
 * fewer runs are looked at, so that it takes no longer.
 */
export const pastCosts = (workflow: string, keys: readonly string[]): Statement => sql`
  select s.key, avg(s.total_tokens)::float8 as total_tokens, avg(s.cost_estimate)::float8 as cost
  from workflow_step_executions s
  where s.run_id in (
      select id from workflow_runs where workflow = ${workflow} order by created_at desc limit ${runsFor(keys.length)})
    and s.key = any(${keys}) and s.status = 'completed'
  group by s.key`;

const runsFor = (steps: number): number => Math.max(1, Math.min(RUNS, Math.floor(ROWS / Math.max(1, steps))));
