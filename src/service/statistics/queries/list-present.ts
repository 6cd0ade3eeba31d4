import { sql, type Statement } from '../../../database/sql.ts';
import { OPEN_RUN } from '../../../protocol/status.ts';

export interface PresentRow {
  readonly workflow: string;
  readonly open_runs: number;
  readonly last_run_at: Date | null;
}

/** How many runs of each workflow are open, and when the newest began (PresentRow). */
export const listPresent = (workflows: readonly string[], version: string | undefined): Statement => sql`
  select w.name as workflow, coalesce(o.runs, 0) as open_runs, l.created_at as last_run_at
  from unnest(${workflows}::text[]) as w (name)
  left join (
    select workflow, count(*) as runs from workflow_runs
    where status = any(${OPEN_RUN}) and workflow = any(${workflows}::text[])
      and (${version ?? null}::text is null or version = ${version ?? null})
    group by workflow
  ) o on o.workflow = w.name
  left join lateral (
    select created_at from workflow_runs
    where workflow = w.name and (${version ?? null}::text is null or version = ${version ?? null})
    order by created_at desc limit 1
  ) l on true`;
