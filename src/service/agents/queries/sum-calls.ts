import { sql, type Statement } from '../../../database/sql.ts';
import type { CallFilter } from '../../../contract/call.ts';
import { callsOf } from './list-calls.ts';

/** One row (CallTotals) over all calls that fit. The cost is unknown when there are calls and none has a price. */
export const sumCalls = (runId: string, filter: CallFilter): Statement => sql`
  select count(*) as calls,
         coalesce(sum(input_tokens), 0)::bigint as input_tokens,
         coalesce(sum(output_tokens), 0)::bigint as output_tokens,
         coalesce(sum(cache_read_tokens), 0)::bigint as cache_read_tokens,
         coalesce(sum(cache_write_tokens), 0)::bigint as cache_write_tokens,
         coalesce(sum(reasoning_tokens), 0)::bigint as reasoning_tokens,
         coalesce(sum(total_tokens), 0)::bigint as total_tokens,
         case when bool_or(cost_estimate is null and status <> 'running')
              then sum(cost_estimate)
              else coalesce(sum(cost_estimate), 0) end::bigint as cost_estimate,
         count(*) filter (where cost_estimate is null and status <> 'running') as unknown_costs
  from llm_calls where ${callsOf(runId, filter)}`;
