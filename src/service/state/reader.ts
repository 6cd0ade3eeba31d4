/** What reads of stored histories take, over the service's way to the database. */
import type { Statement } from '../../database/sql.ts';
import type { Rows } from '../ways/store.ts';

export function readerOf(rows: Rows) {
  return {
    query: async <Row extends object>(statement: Statement) => ({ rows: await rows.all<Row>(statement) }),
  };
}
