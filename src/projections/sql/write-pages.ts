import { joined, literally, sql, type Statement } from '../../database/sql.ts';
import { byTable, PROJECTED } from '../../tables/projected/index.ts';
import { insertOutgoing } from '../../tables/statements/insert-outgoing.ts';
import { writeRows } from '../../tables/statements/write-rows.ts';
import type { Table } from '../../tables/table.ts';
import { changedRows } from '../changed-rows.ts';
import type { PageWrite } from '../page-write.ts';
import { deleteProcesses } from './delete-processes.ts';
import { insertHistoryEvents } from './insert-history-events.ts';
import { moveCursors } from './move-cursors.ts';
import { registerExecutions } from './register-executions.ts';
import { insertSpans } from '../tracing/sql/insert-spans.ts';

/**
 * Writes pages of different runs, and all that belongs to them, in one statement: so each is written whole or not at
 * all, at the price of one round trip. Nothing is written for a page whose cursor did not move. Answers `execution_id`
 * of the pages that were written, and tells listeners of runs whose rows have changed (`baton_run`), and that there are
 * events for webhooks (`baton_outgoing`).
 */
export function writePages(pages: readonly PageWrite[], owner: string): Statement {
  const all = <T>(rowsOf: (page: PageWrite) => readonly T[]): readonly T[] => pages.flatMap(rowsOf);
  const ended = all((page) => page.ended);
  const successors = all(({ successor }) => (successor === null ? [] : [successor]));
  const changed = pages.filter(({ changes }) => changes.run !== null).map(({ runId }) => runId);
  return sql`
    with moved as (${moveCursors(pages, owner)}),
    raw as (${insertHistoryEvents(pages, sql`r.execution_id in (select execution_id from moved)`)}),
    successors as (${registerExecutions(successors, moved())}),
    children as (${registerExecutions(all(({ children }) => children))}),
    ${projected(pages)},
    outgoing as (${insertOutgoing(sql`events_told`)}),
    ${spansOf(pages)}forgotten as (${deleteProcesses(
      ended.map(({ runId }) => runId),
      ended.map(({ activityId }) => activityId),
    )})
    select m.execution_id, told.at, (select pg_notify('baton_outgoing', '') from outgoing limit 1) as put_out from moved m
    left join lateral (select pg_notify('baton_run', m.run_id) as at where m.run_id = any(${changed})) told on true`;
}

/** A part of its own where there are spans: most installations want none, and each part has its price. */
function spansOf(pages: readonly PageWrite[]): Statement {
  if (pages.every(({ spans }) => spans.length === 0)) return literally('');
  return sql`spans as (${insertSpans(pages, moved())}),
    `;
}

/** The run of a row `r` is one whose cursor moved. @param column that names the run */
const moved = (column = 'run_id') => sql`r.${literally(column)} in (select run_id from moved)`;

/** A part for each projected table, under the table's name. */
function projected(pages: readonly PageWrite[]): Statement {
  const rows = pages.map(({ changes }) => byTable(changedRows(changes)));
  const parts = Object.values(PROJECTED).map((table: Table, at) => {
    const written = rows.flatMap((of) => of[at]?.[1] ?? []);
    const part = writeRows(table, written, moved(table.run));
    if (table === PROJECTED.events) return sql`events_told as (${part} returning *)`;
    return sql`${literally(`${table.name}_`)} as (${part})`;
  });
  return joined(parts, ',\n    ');
}
