/** Lists of a table's columns, as statements name them. */
import { literally, type Statement } from '../../database/sql.ts';
import type { Table } from '../table.ts';

/** All that make up a row. */
export const columnsOf = ({ columns }: Table): Statement => listed(Object.keys(columns));

/** Those that are written: Postgres derives the others. */
export const writtenColumnsOf = (table: Table): Statement => listed(writtenNames(table));

export function writtenNames({ columns }: Table): readonly string[] {
  return Object.keys(columns).filter((name) => columns[name]?.isGenerated === false);
}

export const listed = (names: readonly string[]): Statement => literally(names.join(', '));

export const nameOf = ({ name }: Table): Statement => literally(name);
