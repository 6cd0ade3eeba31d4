import { sql, type Statement } from '../../../database/sql.ts';

/** Which run a key stands for, and what was asked for. */
export interface KeyRow {
  readonly body_hash: string;
  readonly run_id: string;
}

/** The key's row (KeyRow), or nothing. */
export const findIdempotencyKey = (key: string): Statement =>
  sql`select body_hash, run_id from idempotency_keys where key = ${key}`;
