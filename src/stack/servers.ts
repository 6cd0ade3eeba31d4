/**
 * The two servers Baton rests on: those named by `DATABASE_URL` and `TEMPORAL_ADDRESS`, else embedded ones that live in
 * BATON_HOME and are started again should they end.
 */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { UnavailableError } from '../errors/errors.ts';
import { keepRunning, type Kept, type Running } from './keep-running.ts';
import { findPostgres } from './postgres-binaries.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { rotate } from './programs.ts';
import type { Report } from './report.ts';
import { obtainTemporalCli } from './temporal-cli.ts';
import { startTemporal, type TemporalServer } from './temporal-server.ts';

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
  if (config.DATABASE_URL !== undefined) {
    report(`Postgres: ${withoutPassword(config.DATABASE_URL)} (DATABASE_URL)`);
    return { at: config.DATABASE_URL, kept: null };
  }
  const binaries = await findPostgres();
  report(`Postgres ${binaries.major}: starting ${binaries.origin}`);
  const logFile = join(config.BATON_HOME, 'logs', 'postgres.log');
  const start = () => {
    rotate(logFile);
    return startPostgres({ binaries, home: config.BATON_HOME, logFile, durable: true, report });
  };
  const first = await start();
  return { at: first.url, kept: keep('postgres', start, first, (server) => server.url, report) };
}

async function useTemporal(config: Config, report: Report): Promise<Servers['temporal']> {
  if (config.TEMPORAL_ADDRESS !== undefined) {
    report(`Temporal: ${config.TEMPORAL_ADDRESS} (TEMPORAL_ADDRESS)`);
    return { at: { address: config.TEMPORAL_ADDRESS, ui: null }, kept: null };
  }
  const cli = await obtainTemporalCli(config.BATON_CACHE, report);
  report(`Temporal ${cli.version}: starting ${cli.origin}`);
  const logFile = join(config.BATON_HOME, 'logs', 'temporal.log');
  const namespace = config.TEMPORAL_NAMESPACE;
  const start = () => {
    rotate(logFile);
    return startTemporal({
      cli,
      home: config.BATON_HOME,
      logFile,
      namespace,
      persistent: true,
      allowedHosts: config.BATON_ALLOWED_HOSTS,
      report,
    });
  };
  const first = await start();
  return { at: first, kept: keep('temporal', start, first, (server) => server.address, report) };
}

/** Started again at the same place only: everybody else has been told that one. */
function keep<T extends PostgresServer | TemporalServer>(
  name: string,
  start: () => Promise<T>,
  first: T,
  placeOf: (server: T) => string,
  report: Report,
): Kept {
  const again = async (): Promise<Running> => {
    const server = await start();
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
