import { literally, sql, type Statement } from '../../database/sql.ts';
import { jsonText } from '../../database/json-text.ts';
import type { RowOf, Table } from '../table.ts';
import { listed, nameOf, writtenColumnsOf, writtenNames } from './columns-of.ts';

/**
 * Writes rows as the table says: adds them, or replaces those of the same key. `condition` may speak of a row as `r`; what
 * it refuses is not written. The text is the same for any number of rows.
 */
export const writeRows = <T extends Table>(
  table: T,
  rows: readonly RowOf<T>[],
  condition = sql`true`,
): Statement => sql`
  insert into ${nameOf(table)} (${writtenColumnsOf(table)})
  select ${writtenColumnsOf(table)}
  from json_populate_recordset(null::${nameOf(table)}, ${jsonText(rows)}::json) r
  where ${condition}${table.rows === 'added' ? literally('') : onConflict(table)}`;

function onConflict(table: Table): Statement {
  const assignments = writtenNames(table).flatMap((name) => assignment(table, name));
  return sql`
  on conflict (${listed(table.key)}) do update set ${listed(assignments)}`;
}

function assignment({ name: table, key, columns }: Table, name: string): readonly string[] {
  const rule = columns[name]?.onConflict;
  if (key.includes(name) || rule === 'keep') return [];
  return [
    rule === 'lower' ? `${name} = least(${table}.${name}, excluded.${name})` : `${name} = excluded.${name}`,
  ];
}
