import { sql, type Statement } from '../../../database/sql.ts';

/** Where a step stands in its run's plan, or stood: `{position}`. */
export const findStepPosition = (runId: string, step: string): Statement => sql`
  select position from workflow_step_executions where run_id = ${runId} and address = ${step}`;
