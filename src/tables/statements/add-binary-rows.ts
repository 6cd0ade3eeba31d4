import { joined, literally, sql, type Statement } from '../../database/sql.ts';
import type { RowOf, Table } from '../table.ts';
import { columnsOf, nameOf, namesOf } from './columns-of.ts';

/** Adds rows of which JSON could not carry the bytes: a list for each column. `condition` may speak of a row as `r`. */
export function addBinaryRows<T extends Table>(
  table: T,
  rows: readonly RowOf<T>[],
  condition: Statement,
): Statement {
  const lists = namesOf(table).map((name) => {
    const values = rows.map((row) => (row as Readonly<Record<string, unknown>>)[name]);
    return sql`${values}::${literally(table.columns[name]?.type ?? '')}[]`;
  });
  return sql`
    insert into ${nameOf(table)} (${columnsOf(table)})
    select r.* from unnest(${joined(lists, ', ')}) as r (${columnsOf(table)})
    where ${condition}`;
}
