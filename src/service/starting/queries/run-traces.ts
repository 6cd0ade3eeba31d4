/** Statements on `run_traces`: the span that a run was started in. */
import { sql, type Statement } from '../../../database/sql.ts';

/** Answers a row when the run had none. */
export const addRunTrace = (runId: string, traceparent: string): Statement => sql`
  insert into run_traces (run_id, traceparent) values (${runId}, ${traceparent})
  on conflict (run_id) do nothing returning run_id`;

/** The run that it was for has not begun. */
export const deleteRunTrace = (runId: string): Statement => sql`
  delete from run_traces where run_id = ${runId}`;
