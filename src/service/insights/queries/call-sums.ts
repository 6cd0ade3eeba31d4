import { sql, type Statement } from '../../../database/sql.ts';
import type { Period } from '../period.ts';

const startedIn = ({ since, until, workflow }: Period): Statement => sql`
  c.started_at >= ${since} and c.started_at < ${until}
  and (${workflow ?? null}::text is null
       or exists (select 1 from workflow_runs r where r.id = c.run_id and r.workflow = ${workflow ?? null}))`;

const unpriced = sql`
  count(*) filter (where c.cost_estimate is null and c.status = 'completed')::int as unpriced_calls`;

/** Model calls of a period by model, the dearest first; at most 50. */
export const modelSums = (period: Period): Statement => sql`
  select c.provider, coalesce(c.model, c.requested_model) as model, count(*)::int as calls,
         count(*) filter (where c.status in ('failed', 'aborted', 'lost'))::int as failed,
         coalesce(sum(c.input_tokens), 0)::bigint as input_tokens,
         coalesce(sum(c.output_tokens), 0)::bigint as output_tokens,
         sum(c.cost_estimate)::bigint as cost_estimate,
         ${unpriced}
  from llm_calls c where ${startedIn(period)}
  group by 1, 2 order by sum(c.cost_estimate) desc nulls last, count(*) desc, 2 limit 50`;

/** The same by the agent of the step. */
export const agentSums = (period: Period): Statement => sql`
  select coalesce(s.agent, s.key) as agent, count(*)::int as calls,
         coalesce(sum(c.total_tokens), 0)::bigint as total_tokens, sum(c.cost_estimate)::bigint as cost_estimate,
         ${unpriced}
  from llm_calls c join workflow_step_executions s on s.run_id = c.run_id and s.address = c.step
  where ${startedIn(period)}
  group by 1 order by sum(c.cost_estimate) desc nulls last, count(*) desc, 1 limit 50`;
