import { sql, type Statement } from '../../database/sql.ts';

/** Removes what is projected of a run; steps, attempts, events and messages go with their run. */
export const deleteRunRows = (runId: string): Statement => sql`delete from workflow_runs where id = ${runId}`;
