import { allOf, literally, sql, type Statement } from '../../../database/sql.ts';
import type { RunFilter, RunSort } from '../../../contract/run.ts';
import type { Condition } from '../../../protocol/filter/run-filter.ts';
import { importedFrom } from './imported-from.ts';
import { filterConditions } from '../../../tables/finding/run-conditions.ts';
import { runNow } from './run-now.ts';
import { waitsFor } from '../../../tables/finding/waiting-runs.ts';

/** What runs can be ordered by, as an expression on a run `r` that is never null, and its type. */
const KEYS = {
  created: { key: sql`r.created_at`, type: literally('timestamptz') },
  updated: { key: sql`r.updated_at`, type: literally('timestamptz') },
  duration: { key: sql`coalesce(r.duration_seconds, -1)`, type: literally('float8') },
  cost: { key: sql`coalesce(r.cost_estimate, -1)`, type: literally('bigint') },
  tokens: { key: sql`r.total_tokens`, type: literally('bigint') },
} as const;

/** What a list of runs, or their number, is asked by: what `filter` says is in `conditions`. */
export interface RunSelection extends Omit<RunFilter, 'filter' | 'limit' | 'cursor' | 'sort'> {
  readonly conditions: readonly Condition[];
}

interface RunPage {
  readonly sort: RunSort;
  readonly limit: number;
  /** `[position, id]` of the last one seen. */
  readonly after: readonly string[] | undefined;
}

/** Runs (RunRow, RunNowRow) in their order, one more than the limit; `position` is what they are ordered by. */
export function listRuns(selection: RunSelection, { sort, limit, after }: RunPage): Statement {
  const isDown = sort.startsWith('-');
  const { key, type } = KEYS[sort.replace('-', '') as keyof typeof KEYS];
  const order = literally(isDown ? 'desc' : 'asc');
  return sql`
    select r.*, ${importedFrom}, ${runNow} from (
      select r.*, (${key})::text as position from workflow_runs r
      where ${allOf([...selected(selection), ...continuation(after, { key, type, isDown })])}
      order by ${key} ${order}, r.id ${order} limit ${limit + 1}
    ) r order by ${key} ${order}, r.id ${order}`;
}

/** Conditions on a run `r`. */
export function selected(selection: RunSelection): Statement[] {
  return [...parameterConditions(selection), ...filterConditions(selection.conditions, selection.zone)];
}

function* parameterConditions(filter: RunSelection): Generator<Statement> {
  if (filter.status !== undefined) yield sql`r.status = any(${filter.status})`;
  if (filter.workflow !== undefined) yield sql`r.workflow = ${filter.workflow}`;
  if (filter.temporal_paused !== undefined)
    yield filter.temporal_paused ? sql`r.temporal_pause is not null` : sql`r.temporal_pause is null`;
  if (filter.imported !== undefined)
    yield sql`${filter.imported}::boolean = exists (select from imported_runs i where i.run_id = r.id)`;
  if (filter.created_after !== undefined) yield sql`r.created_at > ${filter.created_after}`;
  if (filter.created_before !== undefined) yield sql`r.created_at < ${filter.created_before}`;
  if (filter.id_prefix !== undefined) yield sql`r.id like ${likePrefix(filter.id_prefix)}`;
  if (filter.waiting !== undefined) yield waitsFor(filter.waiting);
  for (const label of filter.label ?? []) {
    const colon = label.indexOf(':');
    const wanted = JSON.stringify({ [label.slice(0, colon)]: label.slice(colon + 1) });
    yield sql`r.labels @> ${wanted}::jsonb`;
  }
}

const likePrefix = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

interface Order {
  readonly key: Statement;
  readonly type: Statement;
  readonly isDown: boolean;
}

function continuation(after: readonly string[] | undefined, { key, type, isDown }: Order): Statement[] {
  if (after === undefined) return [];
  const [position, id] = after;
  return [sql`(${key}, r.id) ${literally(isDown ? '<' : '>')} (${position}::${type}, ${id})`];
}
