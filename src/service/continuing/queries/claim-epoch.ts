import { sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** What makes a closed run go on. */
export type EpochAction = 'continue' | 'restore';

export interface EpochClaim {
  readonly action: EpochAction;
  readonly runId: string;
  readonly epoch: number;
  readonly by: string | null;
  /** `idempotency_key` and `body_hash` where there is a key. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Seconds after which a claim that led to nothing is free again. */
  readonly freeAfter: number;
}

/**
 * Takes the next epoch of a run; answers a row, or none when somebody has just taken it. The same key takes it again
 * at once, since it is the same request.
 */
export const claimEpoch = ({ runId, epoch, action, by, detail, freeAfter }: EpochClaim): Statement => sql`
  insert into run_epochs (run_id, epoch, action, by, detail)
  values (${runId}, ${epoch}, ${action}, ${by}, ${writeJson(detail)}::jsonb)
  on conflict (run_id, epoch) do update
    set action = excluded.action, by = excluded.by, detail = excluded.detail, created_at = now()
    where run_epochs.created_at < now() - make_interval(secs => ${freeAfter}::float8)
      or run_epochs.detail->>'idempotency_key' = excluded.detail->>'idempotency_key'
  returning epoch`;
