/** Rows as `baton verify` compares them: `{table, row}`, both sides in the form in which Postgres gives rows back. */
import { joined, literally, sql, type Statement } from '../../database/sql.ts';
import { jsonText } from '../../database/json-text.ts';
import { byTable, PROJECTED, type ProjectedRows } from '../projected/index.ts';
import type { Table } from '../table.ts';
import { columnsOf, nameOf } from './columns-of.ts';
import { ofRun } from './rows-of-run.ts';

/** As they stand in the projected tables. */
export const storedRows = (runId: string): Statement =>
  joined(
    Object.values(PROJECTED).map((table) =>
      compared(table, sql`${nameOf(table)} where ${ofRun(table, runId)}`),
    ),
    ' union all ',
  );

/** As the fold makes them. */
export const foldedRows = (rows: ProjectedRows): Statement =>
  joined(
    byTable(rows).map(([table, folded]) =>
      compared(table, sql`jsonb_populate_recordset(null::${nameOf(table)}, ${jsonText(folded)}::jsonb)`),
    ),
    ' union all ',
  );

const compared = (table: Table, source: Statement): Statement => sql`
  select ${literally(`'${table.name}'`)} as table, to_jsonb(t) as row from (select ${columnsOf(table)} from ${source}) t`;
