import { allOf, sql, type Statement } from '../../../database/sql.ts';
import type { WorkflowFilter } from '../../../contract/workflow.ts';

/** Workflows (WorkflowRow) by name, one more than the limit; `after` is `[name]` of the last one seen. */
export function listWorkflows(filter: WorkflowFilter, after: readonly string[] | undefined): Statement {
  const conditions = [
    ...(filter.archived === 'all' ? [] : [sql`(w.archived_at is not null) = ${filter.archived === 'true'}`]),
    ...(filter.search === undefined
      ? []
      : [sql`position(lower(${filter.search}) in lower(concat(w.name, ' ', v.plan->>'title'))) > 0`]),
    ...(after === undefined ? [] : [sql`w.name > ${after[0]}`]),
  ];
  return sql`
    select w.name, w.latest_version, v.plan->>'title' as title, v.plan->>'description' as description,
           w.archived_at, w.created_at, w.updated_at
    from workflows w join workflow_versions v on v.workflow = w.name and v.version = w.latest_version
    where ${allOf(conditions)} order by w.name limit ${filter.limit + 1}`;
}
