import { sql, type Statement } from '../../../database/sql.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { VersionRow } from '../../views/workflow.ts';

export type FullVersionRow = VersionRow & {
  readonly source: string;
  readonly plan: Plan;
  readonly archived_at: Date | null;
};

/** A version (FullVersionRow) by its number or plan hash, the newest when neither is given; or nothing. */
export const findVersion = (workflow: string, which: string | undefined): Statement => sql`
  select v.workflow, v.version, v.ordinal, v.hash, v.format, v.plan->>'title' as title,
         v.plan->>'description' as description, v.published_by, v.created_at, v.source, v.plan, w.archived_at
  from workflow_versions v join workflows w on w.name = v.workflow
  where v.workflow = ${workflow}
    and (${which ?? null}::text is null or v.version = ${which ?? null} or v.hash = ${which ?? null})
  order by v.ordinal desc limit 1`;
