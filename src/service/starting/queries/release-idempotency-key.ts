import { sql, type Statement } from '../../../database/sql.ts';

/** Gives a key back whose run id turned out to be taken by another run. */
export const releaseIdempotencyKey = (key: string): Statement =>
  sql`delete from idempotency_keys where key = ${key}`;
