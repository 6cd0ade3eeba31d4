import { sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import type { Plan } from '../../../plan/plan.ts';

export interface NewVersion {
  readonly plan: Plan;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  readonly publishedBy: string | null;
}

/** Adds a version after all others of its workflow; answers its VersionRow. */
export const addVersion = ({ plan, source, format, publishedBy }: NewVersion): Statement => sql`
  insert into workflow_versions (workflow, version, ordinal, hash, source, format, plan, published_by)
  select ${plan.name}::text, ${plan.version}::text, coalesce(max(ordinal), 0) + 1, ${plan.hash}::text, ${source}::text,
         ${format}::text, ${writeJson(plan)}::json, ${publishedBy}::text
  from workflow_versions where workflow = ${plan.name}
  returning workflow, version, ordinal, hash, format, plan->>'title' as title, plan->>'description' as description,
            published_by, created_at`;
