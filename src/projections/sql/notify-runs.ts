import { sql, type Statement } from '../../database/sql.ts';

/** Tells whoever listens that runs have changed, once the transaction is committed. */
export const notifyRuns = (runIds: readonly string[]): Statement =>
  sql`select pg_notify('baton_run', id) from unnest(${runIds}::text[]) as id`;
