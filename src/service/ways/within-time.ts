/** A statement that nobody waits for longer than it is worth. */
import { sql, type Statement } from '../../database/sql.ts';
import { UnavailableError } from '../../errors/errors.ts';
import type { Store } from './store.ts';

const CANCELLED = '57014';

/** The rows; undefined when the statement took longer. @throws what `Store` throws */
export async function withinTime<Row>(
  store: Pick<Store, 'transaction'>,
  ms: number,
  statement: Statement,
): Promise<Row[] | undefined> {
  try {
    return await store.transaction(async (rows) => {
      await rows.all(sql`select set_config('statement_timeout', ${String(ms)}, true)`);
      return rows.all<Row>(statement);
    });
  } catch (error) {
    if (isTooLong(error)) return undefined;
    throw error;
  }
}

function isTooLong(error: unknown): boolean {
  const cause = error instanceof UnavailableError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === CANCELLED;
}
