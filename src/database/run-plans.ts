/** The plans that a run is edited to, with their texts; and the text of any plan that is stored. */
import { writeJson } from '../plan/exact-json.ts';
import type { Plan } from '../plan/plan.ts';
import { sql, type Statement } from './sql.ts';

export interface DefinitionRow {
  readonly source: string;
  readonly plan: Plan;
}

/**
 * Of `run_plans`, those of runs of this installation. A bundle that was imported may bring any text beside a plan: it is
 * shown with its run, and nothing is compiled from it.
 */
export const ofOwnRuns: Statement = sql`run_id not in (select run_id from imported_runs)`;

/** The text that a plan was compiled from, published or edited to (DefinitionRow). */
export const findDefinition = (workflow: string, hash: string): Statement => sql`
  select source, plan from workflow_versions where workflow = ${workflow} and hash = ${hash}
  union all select source, plan from run_plans where workflow = ${workflow} and hash = ${hash} and ${ofOwnRuns} limit 1`;

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
