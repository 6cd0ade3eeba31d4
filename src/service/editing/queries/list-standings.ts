import { sql, type Statement } from '../../../database/sql.ts';
import type { ShownStepStatus } from '../../../protocol/status.ts';

export interface StandingRow {
  readonly key: string;
  readonly status: ShownStepStatus;
  readonly attempt: number;
}

/** How each step of a run stands (StandingRow). */
export const listStandings = (runId: string): Statement => sql`
  select address as key, status, attempt from workflow_step_executions where run_id = ${runId}`;
