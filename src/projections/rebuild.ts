/** Writes a run's rows anew from its stored events. Raw events, blobs and what others wrote stay as they are. */
import { inTransaction } from '../database/database.ts';
import type { Database, DatabaseClient } from '../database/database.ts';
import type { Statement } from '../database/sql.ts';
import { ConflictError, NotFoundError } from '../errors/errors.ts';
import type { Changes } from './fold/rows.ts';
import { deleteRunRows } from './sql/delete-run-rows.ts';
import { insertCheckpoints } from './sql/insert-checkpoints.ts';
import { insertEvents } from './sql/insert-events.ts';
import { upsertMessages } from './sql/upsert-messages.ts';
import { lockRun } from './sql/lock-run.ts';
import { notifyRuns } from './sql/notify-runs.ts';
import { upsertAttempts } from './sql/upsert-attempts.ts';
import { upsertCalls } from './sql/upsert-calls.ts';
import { upsertQuestions } from './sql/upsert-questions.ts';
import { upsertRuns } from './sql/upsert-runs.ts';
import { upsertSteps } from './sql/upsert-steps.ts';
import { listRunIds } from './following/run-ids.ts';
import type { ExecutionRow } from './sql/list-executions.ts';
import { foldStored, readExecutions } from './stored-run.ts';

export interface Rebuilt {
  readonly run_id: string;
  readonly executions: number;
  /** Raw events that were folded. */
  readonly history_events: number;
  readonly steps: number;
  readonly attempts: number;
  readonly events: number;
  readonly messages: number;
}

/**
 * Rebuilds one run in one transaction. A projector that follows the run loads it anew.
 *
 * @throws NotFoundError `run_not_found`
 * @throws ConflictError `run_archived`: its events are in a file
 */
export async function rebuildRun(database: Database, runId: string): Promise<Rebuilt> {
  return inTransaction(database, async (client) => {
    refuseArchived(runId, await readExecutions(client, runId));
    return rebuildWithin(client, runId);
  });
}

/**
 * The same inside a transaction of the caller's, who knows that every event up to the cursors is stored.
 *
 * @throws NotFoundError `run_not_found`
 */
export async function rebuildWithin(client: DatabaseClient, runId: string): Promise<Rebuilt> {
  await client.query(lockRun(runId));
  const executions = await readExecutions(client, runId);
  if (executions.length === 0) throw runNotFound(runId);
  const changes = (await foldStored(client, runId, executions)).takeChanges();
  await client.query(deleteRunRows(runId));
  for (const statement of rowStatements(changes)) await client.query(statement);
  await client.query(notifyRuns([runId]));
  return {
    run_id: runId,
    executions: executions.length,
    history_events: executions.reduce((sum, { cursor }) => sum + cursor, 0),
    steps: changes.steps.length,
    attempts: changes.attempts.length,
    events: changes.events.length,
    messages: changes.messages.length,
  };
}

/** Parents before children. */
function rowStatements(changes: Changes): Statement[] {
  return [
    upsertRuns(changes.run === null ? [] : [changes.run]),
    upsertSteps(changes.steps),
    upsertAttempts(changes.attempts),
    upsertCalls(changes.calls),
    upsertQuestions(changes.questions),
    insertEvents(changes.events),
    upsertMessages(changes.messages),
    insertCheckpoints(changes.checkpoints),
  ];
}

/** Rebuilds all runs that are not archived, one after the other. */
export async function* rebuildRuns(database: Database): AsyncGenerator<Rebuilt> {
  for await (const runId of listRunIds(database)) yield rebuildRun(database, runId);
}

export function runNotFound(runId: string): NotFoundError {
  return new NotFoundError(
    'run_not_found',
    `no events of a run "${runId}" are stored; \`baton list\` shows runs`,
  );
}

/** @throws ConflictError `run_archived` */
export function refuseArchived(runId: string, executions: readonly ExecutionRow[]): void {
  if (!executions.some(({ archived }) => archived)) return;
  throw new ConflictError(
    'run_archived',
    `run "${runId}" is archived: its events are in a file; bring it back with \`baton maintain --import FILE\``,
  );
}
