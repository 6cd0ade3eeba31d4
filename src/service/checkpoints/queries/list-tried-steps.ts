import { sql, type Statement } from '../../../database/sql.ts';

/** How a step stands now. */
export interface TriedStepRow {
  readonly key: string;
  readonly status: string;
  readonly attempt: number;
  readonly completed_at: Date | null;
  readonly output_preview: string | null;
}

/** The steps of a run (TriedStepRow) in the plan's order. */
export const listTriedSteps = (runId: string): Statement =>
  sql`select address as key, status, attempt, completed_at, output_preview
      from workflow_step_executions where run_id = ${runId} order by position`;
