/** A table and its columns, as statements name them. */
import { literally, type Statement } from '../../database/sql.ts';
import type { Table } from '../table.ts';

export const namesOf = ({ columns }: Table): readonly string[] => Object.keys(columns);

export const columnsOf = (table: Table): Statement => listed(namesOf(table));

export const listed = (names: readonly string[]): Statement => literally(names.join(', '));

export const nameOf = ({ name }: Table): Statement => literally(name);
