import { sql, type Statement } from '../../database/sql.ts';

/** Removes what is projected of a run; everything else that is projected refers to its run and goes with it. */
export const deleteRunRows = (runId: string): Statement => sql`delete from workflow_runs where id = ${runId}`;
