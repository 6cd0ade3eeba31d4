/**
 * The tables of which a bundle has the rows of a run, in its order. Beside what an archive has: the definitions of all of
 * the run's plans, sessions that a fork shares with its origin, and what people did to the run by the API. Not in it:
 * answers kept to be found again (`session_turns`), addresses and programs of people.
 */
import type { DatabaseClient } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import type { RowSource } from '../maintenance/index.ts';
import { ALL_TABLES } from '../tables/all-tables.ts';
import { bigint, integer, jsonb, nullable, text, time } from '../tables/column.ts';
import { rowsAsJson, rowsOfRun } from '../tables/statements/rows-of-run.ts';
import { blobs } from '../tables/stored/blobs.ts';
import { executions } from '../tables/stored/executions.ts';
import { historyEvents } from '../tables/stored/history-events.ts';
import { runPlans } from '../tables/stored/run-plans.ts';
import { sessionMessages } from '../tables/stored/session-messages.ts';
import { sessionTurns } from '../tables/stored/session-turns.ts';
import { sessionsNamedBy } from '../tables/stored/sessions-of-run.ts';
import { table, type Table } from '../tables/table.ts';

/** The record of who changed what, as far as it goes into bundles. */
const auditLog = table({
  name: 'audit_log',
  key: ['id'],
  rows: 'added',
  run: 'run_id',
  columns: {
    id: bigint(),
    at: time(),
    ended_at: nullable(time()),
    actor: nullable(text()),
    action: text(),
    outcome: text(),
    status: nullable(integer()),
    method: nullable(text()),
    route: nullable(text()),
    run_id: text(),
    workflow: nullable(text()),
    request_id: nullable(text()),
    detail: jsonb(),
  },
});

const ARCHIVED = ALL_TABLES.filter(
  (one) => (one.archive === 'moved' || one.archive === 'copied') && one !== sessionTurns && one !== blobs,
);

/** By name, in the order in which they stand in the file. */
export const BUNDLED: ReadonlyMap<string, Table> = new Map(
  [...ARCHIVED, auditLog, blobs].map((one) => [one.name, one]),
);

/** Where the rows of a bundle come from, but for the blobs, which follow. */
export async function bundledRows(client: DatabaseClient, runId: string): Promise<readonly RowSource[]> {
  const { rows } = await client.query<{ id: string }>(inOrder(runId));
  const histories = rows.map(({ id }) =>
    sourceOf(historyEvents, sql`history_events where execution_id = ${id}`),
  );
  return [...ARCHIVED, auditLog].flatMap((one) => {
    if (one === historyEvents) return histories;
    if (one === runPlans) return sourceOf(one, plansOf(runId));
    if (one === sessionMessages)
      return sourceOf(one, sql`session_messages where session_id in (${sessionsNamedBy(runId)})`);
    return { table: one.name, rows: rowsOfRun(one, runId) };
  });
}

const sourceOf = (one: Table, source: Statement): RowSource => ({
  table: one.name,
  rows: rowsAsJson(one, source),
});

/** The executions (`id`) as they are folded. */
const inOrder = (runId: string): Statement => sql`
  select execution_id as id from executions where run_id = ${runId} order by started_at, execution_id`;

/** The plans that the run was edited to, and those of its that are published. */
const plansOf = (runId: string): Statement => sql`(
  select * from run_plans where run_id = ${runId}
  union all
  select r.id, v.hash, v.workflow, v.version, v.source, v.format, v.plan, v.created_at
  from workflow_runs r join workflow_versions v on v.workflow = r.workflow
  where r.id = ${runId}
    and v.hash in (
      select r.plan_hash union select data->>'hash' from workflow_events where run_id = ${runId} and type = 'plan')
    and not exists (select from run_plans p where p.run_id = r.id and p.hash = v.hash)) p`;

/** The tables that an import takes rows into: what is projected is made anew by folding. */
export const TAKEN: ReadonlyMap<string, Table> = new Map(
  [...BUNDLED].filter(([, one]) => one === executions || one === historyEvents || isStored(one)),
);

function isStored(one: Table): boolean {
  return one === runPlans || one === sessionMessages || one === blobs || one.name === 'run_epochs';
}
