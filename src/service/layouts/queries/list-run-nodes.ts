import { sql, type Statement } from '../../../database/sql.ts';

/** The steps of a run as a graph (GraphStep), in the plan's order. */
export const listRunNodes = (runId: string): Statement => sql`
  select key, title, kind, level, dependencies from workflow_step_executions
  where run_id = ${runId} order by position`;
