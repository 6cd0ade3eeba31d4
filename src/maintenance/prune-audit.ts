/** Forgets old rows of the audit log, some at a time, so that nobody who writes to it waits. */
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';

export interface AuditPruned {
  readonly entries: number;
}

const CHUNK = 5_000;

/** @param olderThanMs Younger rows stay. */
export async function pruneAudit(
  database: Database,
  olderThanMs: number,
  dryRun: boolean,
): Promise<AuditPruned> {
  const before = new Date(Date.now() - olderThanMs);
  if (dryRun) {
    const { rows } = await database.query<{ entries: number }>(
      sql`select count(*) as entries from audit_log where at < ${before}`,
    );
    return { entries: rows[0]?.entries ?? 0 };
  }
  for (let entries = 0; ;) {
    const { rowCount } = await database.query(sql`
      delete from audit_log where id in (select id from audit_log where at < ${before} order by at limit ${CHUNK})`);
    entries += rowCount ?? 0;
    if ((rowCount ?? 0) < CHUNK) return { entries };
  }
}
