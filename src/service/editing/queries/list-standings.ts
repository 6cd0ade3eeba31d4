import { sql, type Statement } from '../../../database/sql.ts';
import type { ShownStepStatus } from '../../../protocol/status.ts';

export interface StandingRow {
  readonly key: string;
  readonly status: ShownStepStatus;
  readonly attempt: number;
  /** It has been tried in the present epoch, be it before it was set to run anew. */
  readonly has_run: boolean;
  readonly tolerated: boolean;
  /** Type of its error. */
  readonly error: string | null;
}

/** How each step of a run stands (StandingRow), in the order of the plan. */
export const listStandings = (runId: string): Statement => sql`
  select s.address as key, s.status, s.attempt, s.tolerated, s.error->>'type' as error,
         s.address in (select a.step from workflow_step_attempts a
                       where a.run_id = ${runId}
                         and a.epoch = (select r.epoch from workflow_runs r where r.id = ${runId})) as has_run
  from workflow_step_executions s where s.run_id = ${runId} order by s.position`;
