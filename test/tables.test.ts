/** What `src/tables` tells of the tables, against a migrated database: both say the same of every column. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { ALL_TABLES } from '../src/tables/all-tables.ts';
import type { Column } from '../src/tables/column.ts';
import { isProjected, PROJECTED } from '../src/tables/projected/index.ts';
import { holdsJson, type Table } from '../src/tables/table.ts';
import { afterFile } from './support/after-file.ts';
import { freshDatabase } from './support/index.ts';
import { openTestDatabase } from './support/test-database.ts';

let database: Database;
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase());
});
afterFile(() => database.end());

const rowsOf = async <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
  (await database.query<T>(statement, values)).rows;

interface Found {
  readonly name: string;
  readonly type: string;
  readonly is_nullable: string;
}

const told = ({ columns, beside }: Table) =>
  Object.entries<Column>({ ...columns, ...beside }).map(([name, { type, isNullable }]) => ({
    name,
    type,
    isNullable,
  }));

async function found(table: string) {
  const columns = await rowsOf<Found>(
    `select column_name as name, data_type as type, is_nullable from information_schema.columns
     where table_schema = current_schema() and table_name = $1`,
    [table],
  );
  return columns.map(({ name, type, is_nullable }) => ({
    name,
    type,
    isNullable: is_nullable === 'YES',
  }));
}

const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
  one.name < other.name ? -1 : 1;

describe.each(ALL_TABLES.map((table) => [table.name, table] as const))('%s', (name, table) => {
  test('has the columns that are told of it, and no others', async () => {
    expect(told(table).toSorted(byName)).toEqual((await found(name)).toSorted(byName));
  });

  test('is told apart by its primary key', async () => {
    const key = await rowsOf<{ name: string }>(
      `select a.attname as name from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
       where i.indrelid = $1::regclass and i.indisprimary`,
      [name],
    );
    expect(key.map((column) => column.name).toSorted()).toEqual(table.key.toSorted());
  });
});

test('what is projected of a run goes with its row', async () => {
  const cascades = await rowsOf<{ table: string; refers: string }>(
    `select conrelid::regclass::text as table, confrelid::regclass::text as refers
     from pg_constraint where contype = 'f' and confdeltype = 'c'`,
  );
  const goes = new Set<string>([PROJECTED.runs.name]);
  for (const { name } of Object.values(PROJECTED)) {
    if (cascades.some((one) => one.table === name && goes.has(one.refers))) goes.add(name);
  }
  expect([...goes]).toEqual(ALL_TABLES.filter(isProjected).map(({ name }) => name));
});

/** They say what people and maintenance did, and refer to nothing that is stored aside. */
const NO_REFERENCES = [
  'audit_log',
  'maintenance_runs',
  'nodes',
  'node_assignments',
  'trace_spans',
  'webhook_deliveries',
];
/** What their events refer to, the same events in `workflow_events` hold. */
const COPIES = ['outgoing_events'];

test('no other table has JSON, in which references to blobs may stand', async () => {
  const tables = await rowsOf<{ name: string }>(
    `select distinct table_name as name from information_schema.columns
     where table_schema = current_schema() and data_type in ('json', 'jsonb', 'bytea')
       and table_name in (select tablename from pg_tables where schemaname = current_schema())`,
  );
  const known = new Set([
    ...ALL_TABLES.filter(holdsJson).map(({ name }) => name),
    ...NO_REFERENCES,
    ...COPIES,
  ]);
  expect(tables.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});
