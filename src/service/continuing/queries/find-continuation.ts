import { sql, type Statement } from '../../../database/sql.ts';
import type { EpochAction } from './claim-epoch.ts';

/** A continuation that was asked for under an idempotency key. */
export interface ContinuationRow {
  readonly epoch: number;
  readonly body_hash: string;
}

/** The continuation of a run under a key's mark (ContinuationRow), or nothing. */
export const findContinuation = (runId: string, action: EpochAction, mark: string): Statement => sql`
  select epoch, detail->>'body_hash' as body_hash from run_epochs
  where run_id = ${runId} and action = ${action} and detail->>'idempotency_key' = ${mark}
  order by epoch desc limit 1`;
