import { allOf, sql, type Statement } from '../../../database/sql.ts';
import type { RunFilter } from '../../../contract/run.ts';
import { importedFrom } from './imported-from.ts';
import { runNow, WAITS } from './run-now.ts';

/** Runs (RunRow, RunNowRow), newest first, one more than the limit; `after` is `[position, id]` of the last one seen. */
export function listRuns(filter: RunFilter, after: readonly string[] | undefined): Statement {
  return sql`
    select r.*, r.created_at::text as position, ${importedFrom}, ${runNow} from (
      select * from workflow_runs r
      where ${allOf([...conditions(filter), ...continuation(after)])}
      order by created_at desc, id desc limit ${filter.limit + 1}
    ) r order by r.created_at desc, r.id desc`;
}

function* conditions(filter: RunFilter): Generator<Statement> {
  if (filter.status !== undefined) yield sql`status = any(${filter.status})`;
  if (filter.workflow !== undefined) yield sql`workflow = ${filter.workflow}`;
  if (filter.temporal_paused !== undefined)
    yield filter.temporal_paused ? sql`temporal_pause is not null` : sql`temporal_pause is null`;
  if (filter.imported !== undefined)
    yield sql`${filter.imported}::boolean = exists (select from imported_runs i where i.run_id = id)`;
  if (filter.created_after !== undefined) yield sql`created_at > ${filter.created_after}`;
  if (filter.created_before !== undefined) yield sql`created_at < ${filter.created_before}`;
  if (filter.id_prefix !== undefined) yield sql`id like ${likePrefix(filter.id_prefix)}`;
  if (filter.waiting !== undefined) yield anyOf(filter.waiting.map((kind) => WAITS[kind]));
  for (const label of filter.label ?? []) {
    const colon = label.indexOf(':');
    const wanted = JSON.stringify({ [label.slice(0, colon)]: label.slice(colon + 1) });
    yield sql`labels @> ${wanted}::jsonb`;
  }
}

const likePrefix = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

function anyOf(conditions: readonly Statement[]): Statement {
  return sql`(${conditions.reduce((any, next) => sql`${any} or ${next}`, sql`false`)})`;
}

function continuation(after: readonly string[] | undefined): Statement[] {
  if (after === undefined) return [];
  const [position, id] = after;
  return [sql`(created_at, id) < (${position}::timestamptz, ${id})`];
}
