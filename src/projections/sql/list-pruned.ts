import { sql, type Statement } from '../../database/sql.ts';

/** Where a pruned checkpoint pointed. */
export interface PrunedPlace {
  readonly execution_id: string;
  readonly event_id: number;
}

/** The pruned checkpoints (PrunedPlace) of a run. */
export const listPruned = (runId: string): Statement =>
  sql`select execution_id, event_id from pruned_checkpoints where run_id = ${runId}`;
