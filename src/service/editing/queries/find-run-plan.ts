import { sql, type Statement } from '../../../database/sql.ts';

/** A plan that is stored with its run (FullVersionRow), whether or not its workflow is published here; or nothing. */
export const findRunPlan = (runId: string, hash: string): Statement => sql`
  select workflow, version, 0 as ordinal, hash, format, plan->>'title' as title, plan->>'description' as description,
         null as published_by, created_at, source, plan, null as archived_at
  from run_plans where run_id = ${runId} and hash = ${hash}`;
