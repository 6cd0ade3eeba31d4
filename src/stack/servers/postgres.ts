/**
 * An embedded Postgres: one data directory, loopback TCP only, a password of its own, and the same port each time as
 * long as that is free. Not started when `DATABASE_URL` names a server.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withClient } from '../../database/database.ts';
import { messageOf, UnavailableError } from '../../errors/errors.ts';
import type { User } from '../programs/child-process.ts';
import { readJsonFile, writeFileAtomically } from '../home/files.ts';
import type { Running } from '../programs/keep-running.ts';
import { choosePort } from './ports.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { PRIVATE_DIRECTORY } from '../home/private-files.ts';
import { commandLineOf, endProcess } from '../home/process-record.ts';
import type { Report } from '../report.ts';
import { startServer } from './start-server.ts';
import { directoryFor, programsFor, unprivilegedUser } from './unprivileged-user.ts';

export interface PostgresOptions {
  readonly binaries: PostgresBinaries;
  /** Holds `postgres-<major>/`: the files, and the port and password. */
  readonly home: string;
  readonly logFile: string;
  /** false: no fsync, for tests; a crash of the machine may lose data. */
  readonly durable: boolean;
  readonly report: Report;
  /** Aborted: a start under way is given up. */
  readonly signal?: AbortSignal | undefined;
}

export interface PostgresServer extends Running {
  /** URL of the database `baton`, with the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** The data directory. */
  readonly directory: string;
  /** Fast shutdown (clients are disconnected, nothing is lost); killed after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

interface Remembered {
  readonly port: number | undefined;
  readonly password: string;
}

const USER = 'baton';
const DATABASE = 'baton';
const CREATE_MS = 60_000;
const run = promisify(execFile);

/** Starts the server, making its data directory at the first time, and ends a leftover of a killed start before. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = unprivilegedUser();
  const binaries = programsFor(user, options.binaries, options.report);
  mkdirSync(options.home, { recursive: true, mode: PRIVATE_DIRECTORY });
  const name = `postgres-${binaries.major}`;
  await endPostgresLeftover(join(options.home, name, 'data'), options.report);
  const holder = directoryFor(user, join(options.home, name), options.report);
  const directory = join(holder, 'data');
  const memory = join(holder, 'connection.json');
  const remembered = recall(memory);

  await endPostgresLeftover(directory, options.report);
  if (!existsSync(join(directory, 'PG_VERSION'))) {
    options.report(`creating the database files in ${directory}`);
    await initialize(binaries, holder, remembered.password, user);
  }

  let port = 0;
  const child = await startServer({
    name: 'Postgres',
    logFile: options.logFile,
    report: options.report,
    signal: options.signal,
    prepare: async (attempt) => {
      port = await choosePort(attempt === 0 ? remembered.port : undefined);
      return {
        spec: {
          command: binaries.postgres,
          args: serverArguments(directory, port, options.durable),
          cwd: holder,
          user,
          ownGroup: true,
          exitSignal: 'SIGQUIT',
        },
        started: () => undefined,
        probe: () => ping(urlOf(port, remembered.password, 'postgres')),
      };
    },
  });
  writeFileAtomically(memory, JSON.stringify({ port, password: remembered.password }));
  await ensureDatabase(urlOf(port, remembered.password, 'postgres'));
  return {
    url: urlOf(port, remembered.password, DATABASE),
    port,
    pid: child.pid,
    directory,
    exited: child.exited,
    stop: (graceMs = 5_000) => child.stop('SIGINT', graceMs),
  };
}

function recall(file: string): Remembered {
  const stored = readJsonFile(file) as Partial<Remembered> | undefined;
  return { port: stored?.port, password: stored?.password ?? randomBytes(18).toString('base64url') };
}

const urlOf = (port: number, password: string, database: string): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

function serverArguments(directory: string, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    directory,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Made under another name and renamed, so that an interrupted `initdb` is begun anew. */
async function initialize(
  binaries: PostgresBinaries,
  holder: string,
  password: string,
  user: User | undefined,
): Promise<void> {
  const draft = join(holder, 'data.new');
  const passwordFile = join(holder, 'password');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const settings = ['--encoding=UTF8', `--locale=${locale}`, '--auth=scram-sha-256', `--username=${USER}`];
  try {
    await run(binaries.initdb, ['-D', draft, ...settings, `--pwfile=${passwordFile}`], {
      ...user,
      cwd: holder,
    });
  } catch (error) {
    throw new UnavailableError(
      'postgres_initdb',
      `Postgres could not create its files in ${draft}: ${messageOf(error)}`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, join(holder, 'data'));
}

/** A server whose supervisor was killed still holds the directory: `postmaster.pid` names it. */
export async function endPostgresLeftover(directory: string, report: Report): Promise<void> {
  const pid = leftoverOf(directory);
  if (pid === undefined) return;
  report(`stopping a Postgres that an earlier start left behind (process ${pid})`);
  await endProcess(pid, 'SIGINT', 10_000);
}

function leftoverOf(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return commandLineOf(pid)?.includes(directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function ping(url: string): Promise<void> {
  await withClient(url, { name: 'stack', ms: 2_000 }, (client) => client.query('select 1'));
}

async function ensureDatabase(url: string): Promise<void> {
  await withClient(url, { name: 'stack', ms: CREATE_MS }, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}
