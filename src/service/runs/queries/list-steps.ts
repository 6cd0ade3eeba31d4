import { sql, type Statement } from '../../../database/sql.ts';
import { assignmentJson } from '../../../nodes/queries/assignment-json.ts';
import { retryAt } from './run-now.ts';

export interface StepSelection {
  readonly runId: string;
  /** Only this one. */
  readonly key?: string;
  /** Only steps after this position. */
  readonly after?: number;
  readonly limit: number;
}

/**
 * Steps (StepRow) in the plan's order, one more than the limit, with attempts, the newest observation and what a node has of them in one
 * statement, so that all three are of one moment.
 */
export const listSteps = ({ runId, key, after, limit }: StepSelection): Statement => sql`
  select s.key, s.position, s.title, s.kind, s.level, s.dependencies, s.capability, s.status, s.attempt, s.revision,
         s.reason, s.held,
         s.error, s.tolerated, s.output, s.output_preview, s.output_bytes, s.agent, s.model, s.session_id, s.segments,
         s.turns, s.input_tokens,
         s.output_tokens, s.total_tokens, s.cost_estimate, s.started_at, s.completed_at,
         coalesce(a.attempts, '[]') as attempts, p.process, n.assignment,
         ${retryAt(sql`r.is_paused`)} as retry_at
  from workflow_step_executions s join workflow_runs r on r.id = s.run_id
  left join lateral (
    select json_agg(t order by t.epoch, t.attempt) as attempts
    from workflow_step_attempts t where t.run_id = s.run_id and t.step = s.address
  ) a on true
  left join lateral (
    select to_jsonb(o) - 'run_id' - 'step' - 'activity_id' as process
    from workflow_processes o where o.run_id = s.run_id and o.step = s.address
    order by o.observed_at desc limit 1
  ) p on s.status in ('running', 'waiting', 'retrying')
  left join lateral (
    select ${assignmentJson} as assignment from node_assignments a
    where a.run_id = s.run_id and a.step = s.address order by a.created_at desc limit 1
  ) n on s.kind = 'node'
  where s.run_id = ${runId} and (${key ?? null}::text is null or s.address = ${key ?? null})
    and s.position > ${after ?? -1}
  order by s.position limit ${limit + 1}`;
