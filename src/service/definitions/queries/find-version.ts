import { ofOwnRuns } from '../../../database/run-plans.ts';
import { sql, type Statement } from '../../../database/sql.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { VersionRow } from '../../views/workflow.ts';

export type FullVersionRow = VersionRow & {
  readonly source: string;
  readonly plan: Plan;
  readonly archived_at: Date | null;
};

/**
 * A version (FullVersionRow) by its number or plan hash, the newest when neither is given; or nothing. A plan that a run
 * of this installation was edited to is found by its hash.
 */
export const findVersion = (workflow: string, which: string | undefined): Statement => sql`
  select v.workflow, v.version, v.ordinal, v.hash, v.format, v.plan->>'title' as title,
         v.plan->>'description' as description, v.published_by, v.created_at, v.source, v.plan, w.archived_at
  from (
    select workflow, version, ordinal, hash, format, published_by, created_at, source, plan
    from workflow_versions
    where workflow = ${workflow}
      and (${which ?? null}::text is null or version = ${which ?? null} or hash = ${which ?? null})
    union all
    select workflow, version, 0, hash, format, null, created_at, source, plan
    from run_plans where workflow = ${workflow} and hash = ${which ?? null}
      and ${ofOwnRuns}
  ) v join workflows w on w.name = v.workflow
  order by v.ordinal desc limit 1`;
