import { literally, sql, type Statement } from '../../database/sql.ts';
import type { Table } from '../table.ts';
import { columnsOf, listed, nameOf } from './columns-of.ts';

/** The rows of a run, each as one line of JSON text (`json`) with its columns in order; parents come before children. */
export const rowsOfRun = (table: Table, runId: string): Statement =>
  rowsAsJson(table, sql`${nameOf(table)} where ${ofRun(table, runId)}`);

/**
 * The rows of a source that has the columns of a table, in the same form. Line feeds stand between the parts of a JSON
 * text only: within its strings they are escaped.
 */
export const rowsAsJson = (table: Table, source: Statement): Statement => sql`
  select replace(row_to_json(t)::text, ${'\n'}, ' ') as json
  from (select ${columnsOf(table)} from ${source}) t
  order by ${listed(table.order)}`;

/** Removes the rows of a run. */
export const deleteRowsOfRun = (table: Table, runId: string): Statement =>
  sql`delete from ${nameOf(table)} where ${ofRun(table, runId)}`;

/** Which rows are a run's; none of a table that belongs to no run. */
export function ofRun(table: Table, runId: string): Statement {
  if (table.run !== undefined) return sql`${literally(table.run)} = ${runId}`;
  return table.ofRun?.(runId) ?? literally('false');
}
