import { sql, type Statement } from '../../../database/sql.ts';

/** What each model was asked and what that cost. A call that never answered counts for the model asked for. */
export const sumModels = (): Statement => sql`
  select provider, coalesce(model, requested_model) as model, count(*) as calls,
         count(*) filter (where status in ('failed', 'aborted', 'lost')) as failed,
         count(usage_note) as adjusted,
         coalesce(sum(input_tokens), 0)::bigint as input_tokens,
         coalesce(sum(output_tokens), 0)::bigint as output_tokens,
         sum(cost_estimate)::bigint as cost_micros,
         count(*) filter (where cost_estimate is null and status <> 'running') as unpriced
  from llm_calls group by 1, 2`;
