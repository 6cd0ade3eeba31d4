import type { FilterValuesQuery } from '../../../contract/runs/filter.ts';
import { sql, type Statement } from '../../../database/sql.ts';
import { modelOfCall } from '../../../tables/finding/model-of-call.ts';

const RECENT = 2_000;
/** Of agents and models, for which steps and calls have to be read. */
const FEWER = 500;

const VALUES: Readonly<Record<FilterValuesQuery['field'], Statement>> = {
  workflow: sql`select workflow as value from recent`,
  version: sql`select version as value from recent`,
  label: sql`select l.key || '=' || l.value as value from recent, jsonb_each_text(labels) l`,
  by: sql`select metadata->>'started_by' as value from recent`,
  agent: sql`
    select distinct on (s.run_id, s.agent) s.agent as value
    from (select id from recent limit ${FEWER}) r join workflow_step_executions s on s.run_id = r.id`,
  model: sql`
    select distinct c.run_id, ${modelOfCall} as value
    from (select id from recent limit ${FEWER}) r join llm_calls c on c.run_id = r.id`,
};

/** Values that occur in the newest runs, with how many have them: `{value, runs}`, the most frequent first. */
export const filterValues = (field: FilterValuesQuery['field']): Statement => sql`
  with recent as (
    select id, workflow, version, labels, metadata from workflow_runs order by created_at desc, id desc limit ${RECENT}
  )
  select value, count(*) as runs from (${VALUES[field]}) v
  where value is not null group by value order by runs desc, value limit 200`;
