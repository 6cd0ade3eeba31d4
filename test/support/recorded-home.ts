/**
 * Lays a recorded home (`test/recorded`) where a stack of a test's own will start: Temporal's file, the workspaces, and a
 * Postgres of this machine's version that has read the dump. The runs remember the path of the home they were made in; a
 * path of the same length takes its place byte by byte, in Temporal's histories too.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres } from '../../src/stack/servers/postgres-binaries.ts';
import { startPostgres } from '../../src/stack/servers/postgres.ts';
import type { OwnStack } from './own-stack.ts';

/** Where the home was recorded. */
const RECORDED_AT = '/tmp/baton-up-000000/.baton';

/** Lays the home that stands in the folder `recorded`; answers what its `runs.json` says. */
export async function layHome<T>(recorded: URL, { folder, home }: OwnStack): Promise<T> {
  if (home.length !== RECORDED_AT.length) {
    throw new Error(`a home as long as ${RECORDED_AT} is needed, and TMPDIR makes it ${home}`);
  }
  mkdirSync(join(home, 'logs'), { recursive: true });
  execFileSync('tar', ['-xzf', new URL('home.tar.gz', recorded).pathname, '-C', folder]);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.db'))) {
    const bytes = readFileSync(join(folder, name), 'latin1');
    writeFileSync(join(home, name), bytes.replaceAll(RECORDED_AT, home), 'latin1');
  }
  renameSync(join(folder, 'workspaces'), join(home, 'workspaces'));
  const dump = readFileSync(join(folder, 'database.sql'), 'utf8');
  await loadDatabase(home, dump.replaceAll(RECORDED_AT, home).replaceAll(hex(RECORDED_AT), hex(home)));
  return JSON.parse(readFileSync(join(folder, 'runs.json'), 'utf8').replaceAll(RECORDED_AT, home)) as T;
}

async function loadDatabase(home: string, statements: string): Promise<void> {
  const server = await startPostgres({
    binaries: await findPostgres(),
    home,
    logFile: join(home, 'logs', 'postgres.log'),
    durable: false,
    report: () => undefined,
  });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    await client.query(statements);
  } finally {
    await client.end();
    await server.stop();
  }
}

const hex = (text: string): string => Buffer.from(text).toString('hex');
