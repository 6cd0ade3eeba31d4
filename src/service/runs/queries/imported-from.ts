import { sql, type Statement } from '../../../database/sql.ts';

/** Where a run `r` was imported from, as the column `imported`; null for a run of this installation. */
export const importedFrom: Statement = sql`
  (select jsonb_build_object('from', i.origin, 'at', i.imported_at) from imported_runs i where i.run_id = r.id) as imported`;
