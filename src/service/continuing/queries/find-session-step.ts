import { sql, type Statement } from '../../../database/sql.ts';

/** The step that works in a session. */
export interface SessionStep {
  readonly run_id: string;
  readonly step: string;
  readonly workflow: string;
}

/** The step of a session (SessionStep), or nothing. */
export const findSessionStep = (sessionId: string): Statement => sql`
  select s.run_id, s.address as step, r.workflow
  from workflow_step_executions s join workflow_runs r on r.id = s.run_id
  where s.session_id = ${sessionId}
  order by r.created_at desc limit 1`;
