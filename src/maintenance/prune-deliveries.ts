/** Forgets what was sent to webhooks, some at a time. What is still to be sent stays, however old. */
import type { Database } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';

/** So long a delivery can be looked at and made again after it has ended. */
const KEPT = sql`interval '30 days'`;
const CHUNK = 2_000;

/** Answers how many went; null: none. */
export async function pruneDeliveries(
  database: Pick<Database, 'query'>,
): Promise<{ readonly deliveries: number } | null> {
  for (let deliveries = 0; ;) {
    const { rowCount } = await database.query(deleteEnded);
    deliveries += rowCount ?? 0;
    if ((rowCount ?? 0) < CHUNK) return deliveries === 0 ? null : { deliveries };
  }
}

const deleteEnded: Statement = sql`
  delete from webhook_deliveries where id in (
    select id from webhook_deliveries where ended_at < now() - ${KEPT} order by ended_at limit ${CHUNK})`;
