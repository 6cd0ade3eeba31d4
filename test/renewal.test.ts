/** Rows that an older version has written are written anew from the stored events: of recorded histories. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../src/database/database.ts';
import { sql } from '../src/database/sql.ts';
import { createLogger } from '../src/log/log.ts';
import { countOutdated, rebuildRuns, renewRuns, verifyRun, verifyRuns } from '../src/projections/index.ts';
import { renewRows } from '../src/projections/rebuild/renewal.ts';
import { PROJECTED } from '../src/tables/projected/index.ts';
import type { RunRow } from '../src/tables/projected/workflow-runs.ts';
import { ROWS_VERSION } from '../src/tables/rows-version.ts';
import { writeRows } from '../src/tables/statements/write-rows.ts';
import { afterFile } from './support/after-file.ts';
import { freshDatabase, until } from './support/index.ts';
import { storeHistories } from './support/stored-histories.ts';
import { openTestDatabase } from './support/test-database.ts';

const log = createLogger('test', 'silent');
let database: Database;
let runIds: readonly string[];
beforeAll(async () => {
  database = openTestDatabase(await freshDatabase(), log);
  runIds = await storeHistories(database, 'v2', 16_000);
});
afterFile(() => database.end());

/** Everything as it should be, then as an older version may have left it. */
beforeEach(async () => {
  await database.query('update workflow_runs set archived_at = null');
  await drained(rebuildRuns(database));
  await database.query('update workflow_runs set rows_version = 0, active_seconds = null');
  await database.query('update workflow_messages set said = null');
  await database.query(`delete from workflow_events where type = 'plan'`);
});

async function drained<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const wrong = async () => (await drained(verifyRuns(database))).filter(({ ok }) => !ok);

test('a run of which an older version was the writer is not verified, and says why', async () => {
  expect(await countOutdated(database)).toBe(runIds.length);
  const { ok, differences } = await verifyRun(database, runIds[0]!);
  expect(ok).toBe(false);
  expect(differences).toContainEqual({
    table: 'workflow_runs',
    row: `workflow_runs ${runIds[0]}`,
    at: '$.rows_version',
    expected: ROWS_VERSION,
    found: 0,
  });
});

test('all are renewed once, however many are at it', async () => {
  const renewed = await Promise.all([drained(renewRuns(database)), drained(renewRuns(database))]);
  expect(
    renewed
      .flat()
      .map(({ run_id }) => run_id)
      .toSorted(),
  ).toEqual(runIds);
  expect(await countOutdated(database)).toBe(0);
  expect(await wrong()).toEqual([]);
  expect(await drained(renewRuns(database))).toEqual([]);
});

test('what is done stays done when it is stopped in the middle', async () => {
  let done = 0;
  for await (const _ of renewRuns(database)) if (++done === 3) break;
  expect(await countOutdated(database)).toBe(runIds.length - 3);
  expect(await wrong()).toHaveLength(runIds.length - 3);
});

describe('in the background', () => {
  /** Until nothing more is to be done. */
  async function renewal(left: number): Promise<void> {
    const stop = new AbortController();
    const running = renewRows({ database, log, signal: stop.signal });
    await until(async () => (await countOutdated(database)) === left);
    stop.abort();
    await running;
  }

  test('archived runs are left as they are', async () => {
    await database.query(sql`update workflow_runs set archived_at = now() where id = ${runIds[0]}`);
    await renewal(0);
    const { rows } = await database.query<{ id: string }>(
      'select id from workflow_runs where rows_version = 0',
    );
    expect(rows).toEqual([{ id: runIds[0] }]);
    expect(await wrong()).toEqual([]);
  });

  test('a run that cannot be renewed keeps its rows and holds up nobody', async () => {
    const broken = runIds[1]!;
    const event = sql`
      from executions x where x.execution_id = h.execution_id and x.run_id = ${broken} and event_id = 2`;
    const { rows: before } = await database.query(sql`select * from workflow_runs where id = ${broken}`);
    await database.query(sql`update history_events h set data = data || '\\xff'::bytea ${event}`);
    await renewal(1);
    const { rows: after } = await database.query(sql`select * from workflow_runs where id = ${broken}`);
    expect(after).toEqual(before);
    await database.query(
      sql`update history_events h set data = substring(data for length(data) - 1) ${event}`,
    );
    await renewal(0);
    expect(await wrong()).toEqual([]);
  });
});

test('of two writers the version of the older one stands', async () => {
  await drained(renewRuns(database));
  const id = runIds[2]!;
  const { rows } = await database.query<{ row: RunRow }>(
    sql`select to_jsonb(r) as row from workflow_runs r where id = ${id}`,
  );
  const write = (rows_version: number) =>
    database.query(writeRows(PROJECTED.runs, [{ ...rows[0]!.row, rows_version }]));
  await write(ROWS_VERSION);
  expect(await countOutdated(database)).toBe(0);
  await write(ROWS_VERSION - 1);
  await write(ROWS_VERSION);
  expect(await countOutdated(database)).toBe(1);
});
