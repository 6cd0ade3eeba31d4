/** The schema is brought up to date on a database that holds runs of before, while others work on it. */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { beforeEach, expect, inject, test } from 'vitest';
import { migrate } from '../src/database/migrate.ts';
import { createLogger } from '../src/log/log.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';

const MIGRATIONS = fileURLToPath(new URL('../src/database/migrations', import.meta.url));
/** As the product runs them. */
const UP = { direction: 'up', migrationsTable: 'schema_migrations', log: () => undefined } as const;
const log = createLogger('test', 'silent');
const admin = new pg.Pool({ connectionString: inject('databaseUrl') });
const made: string[] = [];
afterFile(async () => {
  for (const name of made) await admin.query(`drop database ${name} with (force)`);
  await admin.end();
});

let url: string;
/** A database as the first twelve migrations have left it, with a run of two steps. */
beforeEach(async () => {
  const name = `baton_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await admin.query(`create database ${name}`);
  made.push(name);
  url = new URL(`/${name}`, inject('databaseUrl')).href;
  await runner({ databaseUrl: url, dir: MIGRATIONS, count: 12, ...UP });
  await onDatabase((client) =>
    client.query(`
      insert into workflow_runs (id, workflow, status, execution_id, created_at, updated_at)
        values ('r', 'w', 'running', 'e', now(), now());
      insert into workflow_step_executions (run_id, key, position, title, kind, level, dependencies, status)
        values ('r', 'build', 0, 'Build', 'command', 0, '{}', 'completed'),
               ('r', 'test-all', 1, 'Test', 'command', 1, '{build}', 'running');
      insert into workflow_step_attempts (run_id, step, epoch, attempt, status, scheduled_at)
        values ('r', 'build', 0, 1, 'completed', now());`),
  );
});

async function onDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const rows = async (statement: string) =>
  (await onDatabase((client) => client.query<object>(statement))).rows;

test('steps get the address that their key is, runs the version of before', async () => {
  await migrate(url, log);
  expect(await rows('select address, key, title from workflow_step_executions order by position')).toEqual([
    { address: 'build', key: 'build', title: 'Build' },
    { address: 'test-all', key: 'test-all', title: 'Test' },
  ]);
  expect(await rows('select id, rows_version from workflow_runs')).toEqual([{ id: 'r', rows_version: 0 }]);
  expect(await rows('select steps_total, steps_settled from v_active_executions')).toEqual([
    { steps_total: 2, steps_settled: 1 },
  ]);
  await expect(
    rows(`insert into workflow_step_attempts (run_id, step, epoch, attempt, status, scheduled_at)
    values ('r', 'unknown', 0, 1, 'running', now())`),
  ).rejects.toThrow(/foreign key/);
});

test('nobody queues behind it for long: what is in use is not waited for, and it is done with the next try', async () => {
  await onDatabase(async (reader) => {
    await reader.query('begin');
    await reader.query('select from workflow_step_executions');
    await expect(migrate(url, log)).rejects.toThrow(/lock timeout/);
    expect(await rows('select key from workflow_step_executions')).toHaveLength(2);
    await reader.query('commit');
  });
  await migrate(url, log);
  expect(await rows('select address from workflow_step_executions')).toHaveLength(2);
});

test('`baton migrate` says what is missing, applies it, and has nothing to do the next time', async () => {
  const run = async (...args: readonly string[]) => {
    const { code, out, err } = await runCommand({ DATABASE_URL: url }, ['migrate', '-o', 'json', ...args]);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out) as { dry_run: boolean; migrations: readonly string[] };
  };
  const planned = await run('--dry-run');
  expect(planned).toMatchObject({ dry_run: true });
  expect(planned.migrations[0]).toBe('013_addresses');
  expect(await run('--dry-run')).toEqual(planned);
  expect(await run()).toEqual({ ...planned, dry_run: false });
  expect(await run()).toEqual({ ...planned, dry_run: false, migrations: [] });
});

test('several at once apply each migration once', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(url, log)));
  const names = applied.flat();
  expect(names).toContain('013_addresses');
  expect(new Set(names).size).toBe(names.length);
});

test('a migration that came later than one of a higher number is applied all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-migrations-'));
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    // One that none of the later ones builds on.
    rmSync(join(folder, '030_projection_lags.sql'));
    await runner({ databaseUrl: url, dir: folder, ...UP });
    expect(await migrate(url, log)).toEqual(['030_projection_lags']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('programs of this version take tables of a newer one as they are', async () => {
  await migrate(url, log);
  await rows(`insert into schema_migrations (name, run_on) values ('999_of_a_newer_version', now())`);
  expect(await migrate(url, log)).toEqual([]);
});

test('`baton migrate` seals secrets of webhooks by the key of its environment, and without one leaves them', async () => {
  await migrate(url, log);
  await rows(`insert into webhooks (id, kind, url, addresses, description, events, filter, secret, enabled)
    values ('wh-1', 'webhook', 'https://h/x', '{}', '', '{*}', '', 'whsec_c2VjcmV0', true)`);
  const sealed = async (env: NodeJS.ProcessEnv, ...args: readonly string[]) => {
    const { out } = await runCommand({ DATABASE_URL: url, ...env }, ['migrate', '-o', 'json', ...args]);
    return (JSON.parse(out) as { sealed_webhooks: number }).sealed_webhooks;
  };
  const key = { BATON_SEALING_KEY: 'ab'.repeat(32) };
  expect(await sealed({ BATON_SEALING_KEY: '' })).toBe(0);
  expect([await sealed(key, '--dry-run'), await sealed(key), await sealed(key)]).toEqual([1, 1, 0]);
  expect(await rows('select url, secret from webhooks')).toEqual([
    { url: expect.stringMatching(/^sealed:1:/), secret: expect.stringMatching(/^sealed:1:/) },
  ]);
});

test('`baton migrate` without a Postgres ends with the code of what cannot be reached', async () => {
  const gone = new URL(url);
  gone.port = '1';
  const ended = await runCommand({ DATABASE_URL: gone.href }, ['migrate']);
  expect(ended).toMatchObject({ code: 3, err: expect.stringContaining('cannot be brought up to date') });
});
