import { sql, type Statement } from '../../../database/sql.ts';

/** Tells the projector that a run moves. A hint: its sweep finds what gets lost. */
export const hintRun = (runId: string, executionId: string | null): Statement =>
  sql`select pg_notify('baton_hint', ${JSON.stringify({ run_id: runId, execution_id: executionId })})`;
