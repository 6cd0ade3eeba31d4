/** Maintenance on runs that are real: archives and their way back, pruning, indexes, figures; backup and restore. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  realpathSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import which from 'which';
import type { Database } from '../src/database/database.ts';
import { createLogger } from '../src/log/log.ts';
import {
  archiveRuns,
  exclusively,
  growthReport,
  importArchive,
  prune,
  reindex,
} from '../src/maintenance/index.ts';
import { rebuildRun, rebuildWithin, runProjector, verifyRun, verifyRuns } from '../src/projections/index.ts';
import { connectTemporal } from '../src/temporal/connection.ts';
import { HistorySource } from '../src/temporal/history-source.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton, type Baton } from './support/baton.ts';
import { freshDatabase, temporalTarget, until } from './support/index.ts';
import { openTestDatabase } from './support/test-database.ts';

const DAY_MS = 86_400_000;
const WORK = `name: work
version: 1.0.0
inputs: { text: { type: string, default: short } }
steps:
  - { key: say, command: ["printf", "%s", "{{ text }}"] }
  - { key: large, transform: { all: "{{ say.result.stdout }}" }, dependencies: [say] }
`;
const OPEN = 'name: open\nversion: 1.0.0\nsteps:\n  - { key: pause, wait: 1h }\n';

let baton: Baton;
let folder: string;
beforeAll(async () => {
  baton = await startBaton({ BATON_ALLOW_COMMANDS: '1' });
  await baton.publish(WORK);
  await baton.publish(OPEN);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-maintenance-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A run that has ended, with a result that is stored aside. */
async function ended(text = 'x'.repeat(100_000)): Promise<string> {
  const run = await baton.finished((await baton.start({ workflow: 'work', inputs: { text } })).id);
  expect(run.status).toBe('completed');
  return run.id;
}

async function archive(): Promise<{ readonly file: string; readonly runs: readonly string[] }> {
  const { files, runs, moved } = await archiveRuns(baton.database, {
    olderThanMs: 0,
    to: folder,
    dryRun: false,
  });
  expect(moved).toEqual([]);
  expect(files).toHaveLength(1);
  return { file: files[0]!.file, runs };
}

async function count(database: Database, statement: string, id: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(statement, [id]);
  return rows[0]!.count;
}
const storedEvents = (database: Database, id: string) =>
  count(
    database,
    'select count(*) from history_events join executions using (execution_id) where run_id = $1',
    id,
  );

async function otherDatabase(): Promise<Database> {
  const database = openTestDatabase(await freshDatabase(), createLogger('test', 'error'));
  afterFile(() => database.end());
  return database;
}

describe('an archive', () => {
  test('takes what is stored of ended runs out of the tables, and brings it back as it was', async () => {
    const open = (await baton.start({ workflow: 'open', inputs: {} })).id;
    await until(async () => (await baton.run(open)).status === 'running');
    const id = await ended();
    const before = { run: await baton.run(id), steps: await baton.steps(id) };
    const events = await storedEvents(baton.database, id);

    const { file, runs } = await archive();
    expect(runs).toContain(id);
    expect(runs).not.toContain(open);
    expect(readdirSync(folder)).toHaveLength(1);

    // The run is still known, with its figures; its details are gone.
    expect(await baton.run(id)).toMatchObject({ status: 'completed', output: before.run.output });
    expect(await baton.steps(id)).toEqual({});
    expect(await storedEvents(baton.database, id)).toBe(0);
    await expect(verifyRun(baton.database, id)).rejects.toThrow(/archived.*--import/);
    await expect(rebuildRun(baton.database, id)).rejects.toThrow(/archived.*--import/);
    for await (const result of verifyRuns(baton.database)) expect(result.run_id).not.toBe(id);

    expect(await importArchive(baton.database, file, true, rebuildWithin)).toMatchObject({ runs });
    expect(await storedEvents(baton.database, id)).toBe(0);
    expect(await importArchive(baton.database, file, false, rebuildWithin)).toEqual({
      runs,
      present: [],
      conflicts: [],
    });
    expect({ run: await baton.run(id), steps: await baton.steps(id) }).toEqual(before);
    expect(await storedEvents(baton.database, id)).toBe(events);
    expect(await verified(baton.database, id)).toMatchObject({ ok: true, temporal: 'equal' });

    expect(await importArchive(baton.database, file, false, rebuildWithin)).toEqual({
      runs: [],
      present: runs,
      conflicts: [],
    });
  });

  test('takes along the sessions that the run worked in', async () => {
    const id = await ended();
    const { database } = baton;
    const session = `ses_${id}`;
    await database.query(
      `update workflow_step_executions set session_id = $2, output = $3 where run_id = $1 and key = 'say'`,
      [id, session, '{\n  "written": "over several lines"\n}'],
    );
    // Texts hold separators of lines, references and numbers that JavaScript would round.
    const blob = 'c'.repeat(64);
    await database.query(
      `insert into blobs (hash, bytes, content) values ($1, 3, '"z"') on conflict do nothing`,
      [blob],
    );
    const content = `{"text": "a\u2028b\\n\u00e9", "big": 12345678901234567890, "at": {"$blob": "${blob}", "bytes": 3}}`;
    await database.query(
      `insert into session_messages (hash, session_id, parent, depth, role, content)
       values ($1 || '/0', $1, null, 0, 'setup', '{}'), ($1 || '/1', $1, $1 || '/0', 1, 'assistant', $2)`,
      [session, content],
    );
    await database.query(
      `insert into session_turns values ($1, $1 || '/0', 'request', $1 || '/1', '{"a": 1}')`,
      [session],
    );
    const stored = async () => {
      const { rows } = await database.query<object>(
        `select hash, m.parent, depth, role, content::text, output::text, t.created_at from session_messages m
         left join session_turns t on t.answer = m.hash where m.session_id = $1 order by depth`,
        [session],
      );
      return rows;
    };
    const before = await stored();
    expect(before).toHaveLength(2);
    const { file } = await archive();
    expect(await stored()).toEqual([]);
    await database.query('delete from blobs where hash = $1', [blob]);
    expect((await importArchive(database, file, false, rebuildWithin)).runs).toContain(id);
    expect(await stored()).toEqual(before);
    expect(await count(database, 'select count(*) from blobs where hash = $1', blob)).toBe(1);
  });

  test('can be brought into a database that never knew the runs', async () => {
    const id = await ended();
    const { file } = await archive();
    const other = await otherDatabase();
    expect((await importArchive(other, file, false, rebuildWithin)).runs).toContain(id);
    expect(await verified(other, id)).toMatchObject({ ok: true, temporal: 'equal' });
    expect(await count(other, `select count(*) from blobs where $1 <> ''`, id)).toBeGreaterThan(0);
    await importArchive(baton.database, file, false, rebuildWithin);
  });

  test('leaves a run alone that moves while it is written', async () => {
    const id = await ended();
    const client = await baton.database.connect();
    try {
      await client.query('begin');
      await client.query(`update workflow_runs set labels = '{"a": "b"}' where id = $1`, [id]);
      const archiving = archiveRuns(baton.database, { olderThanMs: 0, to: folder, dryRun: false });
      await until(() => readdirSync(folder).some((name) => name.endsWith('.gz')));
      await client.query('commit');
      expect((await archiving).moved).toContain(id);
    } finally {
      client.release();
    }
    expect(Object.keys(await baton.steps(id))).toEqual(['say', 'large']);
    await rebuildRun(baton.database, id);
  });

  test('says what it would do', async () => {
    const id = await ended();
    const asked = { to: folder, dryRun: true };
    expect((await archiveRuns(baton.database, { ...asked, olderThanMs: 0 })).runs).toContain(id);
    expect((await archiveRuns(baton.database, { ...asked, olderThanMs: DAY_MS })).runs).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(await storedEvents(baton.database, id)).toBeGreaterThan(0);
  });

  test('that is damaged, cut or something else is refused whole', async () => {
    const id = await ended('unmistakable');
    const { file } = await archive();
    const text = gunzipSync(readFileSync(file)).toString();
    const broken = {
      'cut.gz': readFileSync(file).subarray(0, -100),
      'no-end.gz': gzipSync(`${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`),
      'changed.gz': gzipSync(text.replace('unmistakable', 'unmistakeable')),
      'other.gz': gzipSync('{"hello": "world"}\n'),
      'plain.gz': Buffer.from(text),
    };
    for (const [name, bytes] of Object.entries(broken)) {
      writeFileSync(join(folder, name), bytes);
      await expect(
        importArchive(baton.database, join(folder, name), false, rebuildWithin),
        name,
      ).rejects.toMatchObject({
        code: 'archive_invalid',
      });
    }
    writeFileSync(join(folder, 'newer.gz'), gzipSync('{"archive":"baton","format":2}\n'));
    await expect(
      importArchive(baton.database, join(folder, 'newer.gz'), false, rebuildWithin),
    ).rejects.toMatchObject({
      code: 'archive_newer',
    });
    expect(await storedEvents(baton.database, id)).toBe(0);
    await importArchive(baton.database, file, false, rebuildWithin);
  });

  test('does not replace another run of the same id', async () => {
    const id = await ended();
    const { file } = await archive();
    await importArchive(baton.database, file, false, rebuildWithin);
    const other = await otherDatabase();
    await importArchive(other, file, false, rebuildWithin);
    await other.query(
      `delete from history_events where execution_id in (
      select execution_id from executions where run_id = $1) and event_id = 2`,
      [id],
    );
    const { conflicts } = await importArchive(other, file, false, rebuildWithin);
    expect(conflicts).toEqual([{ run: id, reason: expect.stringMatching(/events are missing/) }]);
  });
});

async function verified(database: Database, id: string) {
  const target = temporalTarget();
  const connection = await connectTemporal(target);
  try {
    return await verifyRun(database, id, { source: new HistorySource(connection, target.namespace) });
  } finally {
    await connection.close();
  }
}

describe('pruning', () => {
  test('removes only what is old and nobody refers to', async () => {
    const id = await ended();
    const { database } = baton;
    await database.query(
      `insert into blobs (hash, bytes, content, created_at) values
         (repeat('a', 64), 3, '"x"', now() - interval '40 days'), (repeat('b', 64), 3, '"y"', now())`,
    );
    await database.query(`update blobs set created_at = now() - interval '40 days' where hash !~ '^b+$'`);
    for (const [session, days] of [
      ['ses_old', 40],
      ['ses_young', 1],
    ]) {
      await database.query(
        `insert into session_messages (hash, session_id, depth, role, content, created_at)
         values ($1, $1, 0, 'setup', '{}', now() - make_interval(days => $2))`,
        [session, days],
      );
    }
    await database.query(
      `insert into idempotency_keys values ('old', 'h', 'r', now() - interval '40 days'), ('young', 'h', 'r', now())`,
    );
    const expected = { blobs: 1, bytes: 3, sessions: 1, idempotency_keys: 1 };
    expect(await prune(database, 30 * DAY_MS, true)).toEqual(expected);
    expect(await prune(database, 30 * DAY_MS, false)).toEqual(expected);
    expect(await prune(database, 30 * DAY_MS, false)).toEqual({
      ...expected,
      blobs: 0,
      bytes: 0,
      sessions: 0,
      idempotency_keys: 0,
    });
    const { rows } = await database.query(
      `select session_id from session_messages where session_id in ('ses_old', 'ses_young')`,
    );
    expect(rows).toEqual([{ session_id: 'ses_young' }]);
    // The run's own results are all there.
    expect((await baton.call<string>('GET', `/runs/${id}/steps/large/output`)).status).toBe(200);
    expect(await verifyRun(database, id)).toMatchObject({ ok: true });
  });
});

describe('the database', () => {
  test('is reindexed while everything runs, and reports its growth', async () => {
    const id = await ended();
    const { tables } = await reindex(baton.database, false);
    expect(tables).toEqual(expect.arrayContaining(['history_events', 'workflow_runs', 'llm_calls']));
    const growth = await growthReport(baton.database, 7);
    const events = growth.tables.find(({ table }) => table === 'history_events');
    expect(events?.rows).toBeGreaterThanOrEqual(await storedEvents(baton.database, id));
    expect(growth.bytes).toBeGreaterThan(events?.bytes ?? Infinity);
    expect(growth.days.reduce((sum, day) => sum + day.events, 0)).toBe(events?.rows);
    expect(growth.runs.ended).toBeGreaterThan(0);
  });

  test('takes one maintenance at a time, and the next as soon as that has ended', async () => {
    await exclusively(baton.database, async () => {
      await expect(exclusively(baton.database, () => Promise.resolve())).rejects.toMatchObject({
        code: 'maintenance_running',
      });
    });
    // However long the connection takes to go.
    const client = await baton.database.connect();
    const leave = client.release.bind(client);
    client.release = () => undefined;
    const slow: Database = Object.create(baton.database, {
      connect: { value: () => Promise.resolve(client) },
    });
    const inVain = exclusively(slow, () => Promise.reject(new Error('in vain')));
    await expect(inVain).rejects.toThrow('in vain');
    await expect(exclusively(baton.database, () => Promise.resolve('free'))).resolves.toBe('free');
    leave();
  });
});

/** As in docs/maintenance.md. */
describe('backup and restore', async () => {
  const programs = await dumpPrograms();

  test.skipIf(typeof programs === 'string')(
    `with pg_dump and pg_restore${typeof programs === 'string' ? ` (${programs})` : ''}`,
    async () => {
      if (typeof programs === 'string') return;
      const open = (await baton.start({ workflow: 'open', inputs: {} })).id;
      await until(async () => (await baton.run(open)).status === 'running');
      const id = await ended();
      const dump = join(folder, 'baton.dump');
      const restored = await emptyDatabase();
      await run(programs.dump, ['--format=custom', `--file=${dump}`, baton.databaseUrl]);
      await run(programs.restore, ['--exit-on-error', '--no-owner', `--dbname=${restored}`, dump]);
      const log = createLogger('test', 'error');
      const other = openTestDatabase(restored, log);
      const stop = new AbortController();
      const config = { ...baton.config, DATABASE_URL: restored };
      const projector = runProjector({ config, log, signal: stop.signal });
      try {
        expect(await verified(other, id)).toMatchObject({ ok: true, temporal: 'equal' });
        expect(await count(other, 'select count(*) from workflow_versions where workflow = $1', 'work')).toBe(
          1,
        );
        await rebuildRun(other, id);
        expect(await verified(other, id)).toMatchObject({ ok: true, temporal: 'equal' });

        // What happened since the backup is taken from Temporal.
        await baton.call('POST', `/runs/${open}/cancel`, {});
        await baton.finished(open);
        const one = "select count(*) from workflow_runs where id = $1 and status = 'cancelled'";
        await until(async () => (await count(other, one, open)) === 1);
        expect(await verified(other, open)).toMatchObject({ ok: true, temporal: 'equal' });
      } finally {
        stop.abort();
        await projector;
        await other.end();
      }
    },
  );
});

const run = promisify(execFile);

/** Programs that are not older than the server, or why there are none. */
async function dumpPrograms(): Promise<{ readonly dump: string; readonly restore: string } | string> {
  const postgres = await which('postgres', { nothrow: true });
  const beside = postgres === null ? [] : [join(dirname(realpathSync(postgres)), 'pg_dump')];
  const onPath = await which('pg_dump', { nothrow: true });
  const server = await serverMajor();
  for (const dump of [...beside, ...(onPath === null ? [] : [onPath])]) {
    const restore = join(dirname(dump), 'pg_restore');
    if (!existsSync(dump) || !existsSync(restore)) continue;
    const { stdout } = await run(dump, ['--version']);
    if (Number(/\) (\d+)/.exec(stdout)?.[1]) >= server) return { dump, restore };
  }
  return `skipped: no pg_dump of Postgres ${server} or newer on this machine`;
}

async function serverMajor(): Promise<number> {
  const database = openTestDatabase(inject('databaseUrl'), createLogger('test', 'error'));
  try {
    const { rows } = await database.query<{ number: string }>(
      `select current_setting('server_version_num') as number`,
    );
    return Math.floor(Number(rows[0]!.number) / 10_000);
  } finally {
    await database.end();
  }
}

/** A database without anything in it, dropped after the file. */
async function emptyDatabase(): Promise<string> {
  const name = `baton_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const admin = openTestDatabase(inject('databaseUrl'), createLogger('test', 'error'));
  await admin.query(`create database ${name}`);
  afterFile(async () => {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  return new URL(`/${name}`, inject('databaseUrl')).href;
}
