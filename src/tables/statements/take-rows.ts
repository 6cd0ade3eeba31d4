import { sql, type Statement } from '../../database/sql.ts';
import type { Table } from '../table.ts';
import { columnsOf, nameOf } from './columns-of.ts';

/** Takes rows in that come from an archive. A row that is there already stays as it is. @param rows a JSON list as text */
export const takeRows = (table: Table, rows: string): Statement => sql`
  insert into ${nameOf(table)} (${columnsOf(table)})
  select ${columnsOf(table)} from json_populate_recordset(null::${nameOf(table)}, ${rows}::json)
  on conflict do nothing`;
