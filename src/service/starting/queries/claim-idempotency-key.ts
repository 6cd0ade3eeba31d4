import { sql, type Statement } from '../../../database/sql.ts';

/** Takes a key for a run; answers a row when it was free, none when somebody was faster. */
export const claimIdempotencyKey = (key: string, bodyHash: string, runId: string): Statement => sql`
  insert into idempotency_keys (key, body_hash, run_id) values (${key}, ${bodyHash}, ${runId})
  on conflict (key) do nothing returning key`;
