/** A run's rows as they stand in the tables, and as a fold of the stored events makes them. */
import type { Queryable } from '../../database/database.ts';
import { PROJECTED, type ProjectedTableName } from '../../tables/projected/index.ts';
import { foldedRows, storedRows } from '../../tables/statements/compared-rows.ts';
import { changedRows } from '../changed-rows.ts';
import { difference } from '../fold/difference.ts';
import { readPruned, withoutPruned } from '../rebuild/pruned-checkpoints.ts';
import { foldStored } from '../rebuild/stored-run.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
import { compareSums } from './compare-sums.ts';
import type { Difference } from './table-difference.ts';

type Row = Readonly<Record<string, unknown>>;
interface TableRow {
  readonly table: ProjectedTableName;
  readonly row: Row;
}

/** Also the figures with the sums over the model calls; `diverged`: what the fold says of it. */
export async function compareTables(db: Queryable, runId: string, executions: readonly ExecutionRow[]) {
  const fold = await foldStored(db, runId, executions);
  const rows = withoutPruned(changedRows(fold.takeChanges()), await readPruned(db, runId));
  const expected = byKey((await db.query<TableRow>(foldedRows(rows))).rows);
  const found = byKey((await db.query<TableRow>(storedRows(runId))).rows);
  const differences: Difference[] = [];
  for (const [key, { table, row }] of expected) {
    const other = found.get(key)?.row;
    if (other === undefined) differences.push({ table, row: key, at: null, expected: row, found: null });
    else differences.push(...compareRow(table, key, row, other));
  }
  for (const [key, { table, row }] of found) {
    if (!expected.has(key)) differences.push({ table, row: key, at: null, expected: null, found: row });
  }
  differences.push(...compareSums([...found.values()]));
  const [run] = [...expected.values()].filter(({ table }) => table === 'workflow_runs');
  return { differences, rows: expected.size, diverged: run?.row['diverged'] ?? null };
}

function compareRow(table: ProjectedTableName, key: string, expected: Row, found: Row): Difference[] {
  return Object.keys({ ...expected, ...found }).flatMap((column) => {
    const at = difference(expected[column], found[column], `$.${column}`);
    return at === null ? [] : [{ table, row: key, at, expected: expected[column], found: found[column] }];
  });
}

/** What tells a run's rows apart, by table. */
const KEYS: ReadonlyMap<ProjectedTableName, readonly string[]> = new Map(
  Object.values(PROJECTED).map(({ name, key }) => [name, key.filter((column) => column !== 'run_id')]),
);

function byKey(rows: readonly TableRow[]): Map<string, TableRow> {
  const keyOf = ({ table, row }: TableRow) =>
    `${table} ${(KEYS.get(table) ?? []).map((column) => String(row[column])).join('/')}`;
  return new Map(rows.map((row) => [keyOf(row), row]));
}
