/** Writes the rows of runs anew that an older version of the fold has left. */
import { inTransaction, type Database, type Queryable } from '../../database/database.ts';
import {
  countOutdatedRuns,
  findOutdatedRun,
  listOutdatedRuns,
  type OutdatedRun,
} from '../../tables/statements/outdated-runs.ts';
import { holdRun } from '../sql/hold-run.ts';
import { rebuildWithin, type Rebuilt } from './rebuild-run.ts';

const CHUNK = 500;

/** How many runs have rows of an older version. */
export async function countOutdated(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ runs: number }>(countOutdatedRuns);
  return rows[0]?.runs ?? 0;
}

/** Their ids; each comes once, also when its rows stay as they are. */
export async function* outdatedRuns(db: Queryable): AsyncGenerator<string> {
  let after: OutdatedRun = { rows_version: -1, id: '' };
  for (;;) {
    const { rows } = await db.query<OutdatedRun>(listOutdatedRuns(after, CHUNK));
    for (const { id } of rows) yield id;
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    after = last;
  }
}

/**
 * Rebuilds a run in one transaction: its rows are of the older version or of this one, never in between. Null when
 * there is nothing to do any more: somebody else was faster, or the run is archived.
 */
export async function renewRun(database: Database, runId: string): Promise<Rebuilt | null> {
  return inTransaction(database, async (client) => {
    await client.query(holdRun(runId));
    const { rows } = await client.query<{ id: string }>(findOutdatedRun(runId));
    return rows.length === 0 ? null : rebuildWithin(client, runId);
  });
}

/** Renews all of them, one after the other. */
export async function* renewRuns(database: Database): AsyncGenerator<Rebuilt> {
  for await (const runId of outdatedRuns(database)) {
    const renewed = await renewRun(database, runId);
    if (renewed !== null) yield renewed;
  }
}
