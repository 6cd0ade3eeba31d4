/** How much is stored, and how fast it grows. */
import type { Database } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { listTables } from './list-tables.ts';

export interface Growth {
  /** The largest first. */
  readonly tables: readonly TableSize[];
  /** Of all tables, indexes included. */
  readonly bytes: number;
  readonly runs: { readonly open: number; readonly ended: number; readonly archived: number };
  /** Raw events by the day (UTC) on which they happened, the newest first; archived ones are not here. */
  readonly days: readonly Day[];
}

interface TableSize {
  readonly table: string;
  readonly rows: number;
  /** With indexes and what is stored aside. */
  readonly bytes: number;
}

interface Day {
  readonly day: string;
  readonly runs: number;
  readonly events: number;
  /** Of the events alone. */
  readonly bytes: number;
}

/** @param days How far back. */
export async function growthReport(database: Database, days: number): Promise<Growth> {
  const tables: TableSize[] = [];
  for (const table of await listTables(database)) tables.push(await sizeOf(database, table));
  const { rows } = await database.query<Growth['runs']>(runCounts);
  return {
    tables: tables.toSorted((a, b) => b.bytes - a.bytes),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    runs: rows[0] ?? { open: 0, ended: 0, archived: 0 },
    days: (await database.query<Day>(byDay(days))).rows,
  };
}

async function sizeOf(database: Database, table: string): Promise<TableSize> {
  const name = `"${table.replaceAll('"', '""')}"`;
  const { rows } = await database.query<{ rows: number; bytes: number }>(
    `select (select count(*) from ${name}) as rows, pg_total_relation_size('${name}') as bytes`,
  );
  return { table, rows: rows[0]?.rows ?? 0, bytes: rows[0]?.bytes ?? 0 };
}

const runCounts: Statement = sql`
  select count(*) filter (where status in ('pending', 'running', 'paused')) as open,
         count(*) filter (where status not in ('pending', 'running', 'paused') and archived_at is null) as ended,
         count(*) filter (where archived_at is not null) as archived
  from workflow_runs`;

const byDay = (days: number): Statement => sql`
  select to_char(h.event_time at time zone 'UTC', 'YYYY-MM-DD') as day, count(distinct e.run_id) as runs,
         count(*) as events, coalesce(sum(pg_column_size(h.data)), 0)::bigint as bytes
  from history_events h join executions e using (execution_id)
  where h.event_time > now() - make_interval(days => ${days})
  group by 1 order by 1 desc`;
