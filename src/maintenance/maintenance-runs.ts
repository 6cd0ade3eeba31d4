/** The record of maintenance on the schedule: when it was begun, by whom, and what came of it. */
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';

/** After one that has failed, or whose process died. */
const RETRY_MS = 3_600_000;
/** So many are remembered. */
const REMEMBERED = 100;

/** None was done for so long, and none was begun within the hour before. */
export async function isDue(database: Database, everyMs: number): Promise<boolean> {
  const since = (ms: number) => sql`now() - make_interval(secs => ${ms / 1_000}::float8)`;
  const { rowCount } = await database.query(sql`
    select where not exists (
      select from maintenance_runs where outcome = 'done' and started_at > ${since(everyMs)}
        or started_at > ${since(Math.min(everyMs, RETRY_MS))})`);
  return rowCount === 1;
}

/** Answers its number. */
export async function beginMaintenance(database: Database, by: string): Promise<number> {
  const { rows } = await database.query<{ id: number }>(
    sql`insert into maintenance_runs (by, outcome) values (${by}, 'begun') returning id`,
  );
  return rows[0]?.id ?? 0;
}

interface Ending {
  /** `done`, or the code of what went wrong. */
  readonly outcome: string;
  readonly detail: { readonly [task: string]: Json };
}

export async function endMaintenance(
  database: Database,
  id: number,
  { outcome, detail }: Ending,
): Promise<void> {
  await database.query(sql`
    update maintenance_runs set ended_at = now(), outcome = ${outcome}, detail = ${writeJson(detail)}::jsonb
    where id = ${id}`);
  await database.query(sql`delete from maintenance_runs where id <= ${id - REMEMBERED}::bigint`);
}
