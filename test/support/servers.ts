/** The servers that all integration tests share, started by the product's own code. */
import { mkdirSync, mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { findPostgres } from '../../src/stack/servers/postgres-binaries.ts';
import { startPostgres } from '../../src/stack/servers/postgres.ts';
import { obtainTemporalCli } from '../../src/stack/servers/temporal-cli.ts';
import { startTemporal } from '../../src/stack/servers/temporal-server.ts';

export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Path of the CLI, for tests that act as an operator. */
  readonly temporalCli: string;
  stop(): Promise<void>;
}

/** Settings of Temporal by their names. */
type DynamicConfig = Readonly<Record<string, string>>;

interface Part<T> {
  readonly value: T;
  stop(): Promise<void>;
}

const config = readConfig();
/**
 * For tests: Temporal suggests to continue as new at an eighth of the events that it does elsewhere (4,096), so that what a
 * test shows of a run of several executions takes an eighth of the work. A server that is named by TEMPORAL_ADDRESS does
 * not know of it.
 */
export const CONTINUES_EARLY = { 'limit.historyCount.suggestContinueAsNew': '512' };
/** Not to stdout: the bench prints JSON there. */
const report = (line: string) => console.error(`  ${line}`);

/** Starts both at once; when one fails, the other is stopped and the reason thrown. */
export async function startServers(dynamicConfig: DynamicConfig = {}): Promise<Servers> {
  const home = mkdtempSync(join(tmpdir(), 'baton-test-'));
  chmodSync(home, 0o755);
  mkdirSync(join(home, 'logs'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  process.once('exit', remove);

  const parts = await Promise.allSettled([database(home), temporal(home, dynamicConfig)]);
  const stop = async () => {
    for (const part of parts) if (part.status === 'fulfilled') await part.value.stop();
    remove();
  };
  const [postgres, server] = parts;
  if (postgres.status === 'rejected' || server.status === 'rejected') {
    await stop();
    throw postgres.status === 'rejected' ? postgres.reason : (server as PromiseRejectedResult).reason;
  }
  return { databaseUrl: postgres.value.value, ...server.value.value, stop };
}

async function database(home: string): Promise<Part<string>> {
  if (config.DATABASE_URL !== undefined) return { value: config.DATABASE_URL, stop: async () => undefined };
  const server = await startPostgres({
    binaries: await findPostgres(),
    home,
    logFile: join(home, 'logs', 'postgres.log'),
    durable: false,
    report,
  });
  return { value: server.url, stop: () => server.stop() };
}

async function temporal(
  home: string,
  dynamicConfig: DynamicConfig,
): Promise<Part<{ temporalAddress: string; temporalCli: string }>> {
  const cli = await obtainTemporalCli(config.BATON_CACHE, report);
  if (config.TEMPORAL_ADDRESS !== undefined) {
    return {
      value: { temporalAddress: config.TEMPORAL_ADDRESS, temporalCli: cli.path },
      stop: async () => undefined,
    };
  }
  const server = await startTemporal({
    cli,
    home,
    logFile: join(home, 'logs', 'temporal.log'),
    namespace: config.TEMPORAL_NAMESPACE,
    persistent: false,
    dynamicConfig,
    report,
  });
  return { value: { temporalAddress: server.address, temporalCli: cli.path }, stop: () => server.stop() };
}
