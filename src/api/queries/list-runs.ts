import { allOf, sql, type Statement } from '../../database/sql.ts';
import type { RunFilter } from '../schemas/run.ts';

/** Runs (RunRow), newest first, one more than the limit; `after` is `[position, id]` of the last one seen. */
export function listRuns(filter: RunFilter, after: readonly string[] | undefined): Statement {
  return sql`
    select *, created_at::text as position from workflow_runs
    where ${allOf([...conditions(filter), ...continuation(after)])}
    order by created_at desc, id desc limit ${filter.limit + 1}`;
}

function* conditions(filter: RunFilter): Generator<Statement> {
  if (filter.status !== undefined) yield sql`status = any(${filter.status})`;
  if (filter.workflow !== undefined) yield sql`workflow = ${filter.workflow}`;
  if (filter.temporal_paused !== undefined)
    yield filter.temporal_paused ? sql`temporal_pause is not null` : sql`temporal_pause is null`;
  if (filter.created_after !== undefined) yield sql`created_at > ${filter.created_after}`;
  if (filter.created_before !== undefined) yield sql`created_at < ${filter.created_before}`;
  for (const label of filter.label ?? []) {
    const colon = label.indexOf(':');
    const wanted = JSON.stringify({ [label.slice(0, colon)]: label.slice(colon + 1) });
    yield sql`labels @> ${wanted}::jsonb`;
  }
}

function continuation(after: readonly string[] | undefined): Statement[] {
  if (after === undefined) return [];
  const [position, id] = after;
  return [sql`(created_at, id) < (${position}::timestamptz, ${id})`];
}
