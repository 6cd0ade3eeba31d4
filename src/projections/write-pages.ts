/**
 * Writes pages of different executions in one transaction, a statement for each table.
 *
 * A page is written whole or not at all. The cursor is compared and set first: a page whose execution has moved on, or
 * is followed by somebody else by now, is left out, and its author has to load the run anew.
 */
import { inTransaction } from '../database/database.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { Statement } from '../database/sql.ts';
import type { PageWrite } from './page-write.ts';
import { deleteProcesses } from './sql/delete-processes.ts';
import { insertEvents } from './sql/insert-events.ts';
import { insertHistoryEvents } from './sql/insert-history-events.ts';
import { insertMessages } from './sql/insert-messages.ts';
import { moveCursors } from './sql/move-cursors.ts';
import { notifyRuns } from './sql/notify-runs.ts';
import { registerExecutions } from './sql/register-executions.ts';
import { upsertAttempts } from './sql/upsert-attempts.ts';
import { upsertRuns } from './sql/upsert-runs.ts';
import { upsertSteps } from './sql/upsert-steps.ts';

/** Called after each statement of a page's transaction. Tests stop the process here. */
export type AfterStatement = (table: string) => void | Promise<void>;

/** Answers the execution ids of the pages that were written. */
export async function writePages(
  database: Database,
  owner: string,
  pages: readonly PageWrite[],
  afterStatement?: AfterStatement,
): Promise<ReadonlySet<string>> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<{ execution_id: string }>(moveCursors(pages, owner));
    await afterStatement?.('executions');
    const moved = new Set(rows.map((row) => row.execution_id));
    const valid = pages.filter((page) => moved.has(page.executionId));
    if (valid.length > 0) await writeRows(client, valid, afterStatement);
    return moved;
  });
}

async function writeRows(
  client: Queryable,
  pages: readonly PageWrite[],
  afterStatement: AfterStatement | undefined,
): Promise<void> {
  for (const [table, statement] of statementsFor(pages)) {
    await client.query(statement);
    await afterStatement?.(table);
  }
}

/** Parents before children; nothing for tables without changes. */
function* statementsFor(pages: readonly PageWrite[]): Generator<readonly [string, Statement]> {
  yield ['history_events', insertHistoryEvents(pages)];
  const successors = pages.flatMap((page) => page.successor ?? []);
  if (successors.length > 0) yield ['executions', registerExecutions(successors)];
  yield* rowStatements(pages);
  const ended = pages.flatMap((page) => page.ended);
  const endedRuns = ended.map((activity) => activity.runId);
  const endedIds = ended.map((activity) => activity.activityId);
  if (ended.length > 0) yield ['workflow_processes', deleteProcesses(endedRuns, endedIds)];
  yield ['notify', notifyRuns([...new Set(pages.map((page) => page.runId))])];
}

/** The statements that write folded rows. */
export function* rowStatements(
  pages: readonly Pick<PageWrite, 'changes'>[],
): Generator<readonly [string, Statement]> {
  const runs = pages.flatMap(({ changes }) => changes.run ?? []);
  const steps = pages.flatMap(({ changes }) => changes.steps);
  const attempts = pages.flatMap(({ changes }) => changes.attempts);
  const events = pages.flatMap(({ changes }) => changes.events);
  const messages = pages.flatMap(({ changes }) => changes.messages);
  if (runs.length > 0) yield ['workflow_runs', upsertRuns(runs)];
  if (steps.length > 0) yield ['workflow_step_executions', upsertSteps(steps)];
  if (attempts.length > 0) yield ['workflow_step_attempts', upsertAttempts(attempts)];
  if (events.length > 0) yield ['workflow_events', insertEvents(events)];
  if (messages.length > 0) yield ['workflow_messages', insertMessages(messages)];
}
