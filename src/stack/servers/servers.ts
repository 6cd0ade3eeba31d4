/**
 * The two servers Baton rests on: those named by `DATABASE_URL` and `TEMPORAL_ADDRESS`, else embedded ones that live in
 * BATON_HOME and are started again should they end.
 */
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { withClient } from '../../database/database.ts';
import { rootCause } from '../../errors/root-cause.ts';
import { messageOf, UnavailableError } from '../../errors/errors.ts';
import type { TemporalTarget } from '../../temporal/connection.ts';
import { keepRunning, type Kept, type Running } from '../programs/keep-running.ts';
import { isOwnPostgres, isOwnTemporal } from './own-servers.ts';
import { findPostgres } from './postgres-binaries.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { rotate } from '../programs/programs.ts';
import type { Report } from '../report.ts';
import { obtainTemporalCli } from './temporal-cli.ts';
import { startTemporal, type TemporalServer } from './temporal-server.ts';

const OTHERS_MS = 10_000;

/** A server that is there to be used; `kept` is null when it is somebody else's. */
interface Server<T> {
  readonly at: T;
  readonly kept: Kept | null;
}

export interface Servers {
  /** The database URL. */
  readonly database: Server<string>;
  readonly temporal: Server<{ readonly address: string; readonly ui: string | null }>;
}

/** Starts both at once. When one fails, the other is stopped before the reason is thrown. */
export async function startServers(config: Config, report: Report): Promise<Servers> {
  const [database, temporal] = await Promise.allSettled([
    useDatabase(config, report),
    useTemporal(config, report),
  ]);
  if (database.status === 'fulfilled' && temporal.status === 'fulfilled') {
    return { database: database.value, temporal: temporal.value };
  }
  for (const part of [database, temporal])
    if (part.status === 'fulfilled') await part.value.kept?.stop(5_000);
  throw [database, temporal].find((part) => part.status === 'rejected')?.reason;
}

async function useDatabase(config: Config, report: Report): Promise<Server<string>> {
  const url = config.DATABASE_URL;
  if (url !== undefined && !isOwnPostgres(config.BATON_HOME, url)) {
    report(`Postgres: ${withoutPassword(url)}, none of our own (DATABASE_URL is set)`);
    await assertPostgresAnswers(url);
    return { at: url, kept: null };
  }
  if (url !== undefined) report(ownServer('DATABASE_URL', 'Postgres'));
  const binaries = await findPostgres();
  report(`Postgres ${binaries.major}: starting ${binaries.origin}`);
  const logFile = join(config.BATON_HOME, 'logs', 'postgres.log');
  const start = (signal?: AbortSignal) => {
    rotate(logFile);
    return startPostgres({ binaries, home: config.BATON_HOME, logFile, durable: true, report, signal });
  };
  const first = await start();
  return { at: first.url, kept: keep('postgres', start, first, (server) => server.url, report) };
}

async function useTemporal(config: Config, report: Report): Promise<Servers['temporal']> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: name } = config;
  if (address !== undefined && !(await isOwnTemporal(config.BATON_HOME, address))) {
    report(`Temporal: ${address}, namespace ${name}, none of our own (TEMPORAL_ADDRESS is set)`);
    await assertTemporalAnswers({ address, namespace: name });
    return { at: { address, ui: config.BATON_TEMPORAL_UI ?? null }, kept: null };
  }
  if (address !== undefined) report(ownServer('TEMPORAL_ADDRESS', 'Temporal'));
  const cli = await obtainTemporalCli(config.BATON_CACHE, report);
  report(`Temporal ${cli.version}: starting ${cli.origin}`);
  const logFile = join(config.BATON_HOME, 'logs', 'temporal.log');
  const namespace = config.TEMPORAL_NAMESPACE;
  const start = (signal?: AbortSignal) => {
    rotate(logFile);
    return startTemporal({
      cli,
      home: config.BATON_HOME,
      logFile,
      namespace,
      persistent: true,
      // Who asks for any port wants to be out of the way of whatever else runs: also of another home whose server has died.
      usualPorts: config.BATON_PORT !== 0,
      allowedHosts: config.BATON_ALLOWED_HOSTS,
      report,
      signal,
    });
  };
  const first = await start();
  return { at: first, kept: keep('temporal', start, first, (server) => server.address, report) };
}

const ownServer = (variable: string, server: string): string =>
  `${variable} names the ${server} that Baton itself had here: it is started again. Unset ${variable}: it is not needed.`;

/** @throws UnavailableError `postgres_unreachable`, within some ten seconds */
async function assertPostgresAnswers(url: string): Promise<void> {
  try {
    await withClient(url, { name: 'stack', ms: OTHERS_MS }, (client) => client.query('select 1'));
  } catch (error) {
    const message =
      `DATABASE_URL is set, so no Postgres is started, but ${withoutPassword(url)} does not answer ` +
      `(${messageOf(rootCause(error))}). Start it there, or unset DATABASE_URL for one of Baton's own.`;
    throw new UnavailableError('postgres_unreachable', message, { cause: error });
  }
}

/** @throws UnavailableError `temporal_unreachable`, within some ten seconds */
async function assertTemporalAnswers({ address, namespace }: TemporalTarget): Promise<void> {
  try {
    const { connectTemporal } = await import('../../temporal/connection.ts');
    const connection = await connectTemporal({ address, namespace });
    try {
      await connection.workflowService.describeNamespace({ namespace });
    } finally {
      await connection.close();
    }
  } catch (error) {
    const message =
      `TEMPORAL_ADDRESS is set, so no Temporal is started, but the one at ${address} does not answer for namespace ` +
      `${namespace} (${messageOf(error)}). Start it there, or unset TEMPORAL_ADDRESS for one of Baton's own.`;
    throw new UnavailableError('temporal_unreachable', message, { cause: error });
  }
}

/** Started again at the same place only: everybody else has been told that one. */
function keep<T extends PostgresServer | TemporalServer>(
  name: string,
  start: (signal: AbortSignal) => Promise<T>,
  first: T,
  placeOf: (server: T) => string,
  report: Report,
): Kept {
  const again = async (signal: AbortSignal): Promise<Running> => {
    const server = await start(signal);
    if (placeOf(server) === placeOf(first)) return server;
    await server.stop();
    throw new UnavailableError('port_taken', `${name} cannot have its port back; start Baton again`);
  };
  return keepRunning({ name, start: again, first, report });
}

/** For the screen. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.href;
  } catch {
    return '(no URL)';
  }
}
