/** Writes a run's rows anew from its stored events. Raw events, blobs and what others wrote stay as they are. */
import { inTransaction } from '../../database/database.ts';
import type { Database, DatabaseClient } from '../../database/database.ts';
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { byTable, PROJECTED } from '../../tables/projected/index.ts';
import { deleteRowsOfRun } from '../../tables/statements/rows-of-run.ts';
import { writeRows } from '../../tables/statements/write-rows.ts';
import { changedRows } from '../changed-rows.ts';
import { lockRun } from '../sql/lock-run.ts';
import { notifyRuns } from '../sql/notify-runs.ts';
import { listRunIds } from './run-ids.ts';
import { readPruned, withoutPruned } from './pruned-checkpoints.ts';
import type { ExecutionRow } from '../sql/list-executions.ts';
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
  const pruned = await readPruned(client, runId);
  const changes = (await foldStored(client, runId, executions)).takeChanges();
  // What else is projected of a run refers to its row, and goes with it.
  await client.query(deleteRowsOfRun(PROJECTED.runs, runId));
  for (const [table, rows] of byTable(withoutPruned(changedRows(changes), pruned))) {
    if (rows.length > 0) await client.query(writeRows(table, rows));
  }
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
  const message = executions.some(({ discarded }) => discarded)
    ? `the events of run "${runId}" were discarded, as its definition's retention says; they are nowhere any more`
    : `run "${runId}" is archived: its events are in a file; bring it back with \`baton maintain --import FILE\``;
  throw new ConflictError('run_archived', message);
}
