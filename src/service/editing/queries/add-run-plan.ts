import { sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import type { Plan } from '../../../plan/plan.ts';

/** Stores a plan that a run is to be edited to; the same plan of the same run is stored once. */
export const addRunPlan = (
  runId: string,
  {
    plan,
    source,
    format,
  }: { readonly plan: Plan; readonly source: string; readonly format: 'yaml' | 'json' },
): Statement => sql`
  insert into run_plans (run_id, hash, workflow, version, source, format, plan)
  values (${runId}::text, ${plan.hash}::text, ${plan.name}::text, ${plan.version}::text, ${source}::text,
          ${format}::text, ${writeJson(plan)}::json)
  on conflict (run_id, hash) do nothing`;
