/**
 * A Temporal server as installations have it: the real one, built from `tools/temporal-server`, with its four services
 * in one process and its state in Postgres. On loopback, on ports of its own.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import getPort, { portNumbers } from 'get-port';
import { stringify } from 'yaml';
import { startChild } from '../../src/stack/programs/child-process.ts';
import type { Child } from '../../src/stack/programs/child-process.ts';
import { buildGoProgram } from '../../src/stack/servers/go-build.ts';
import { ROOT } from '../../src/places.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { until } from '../support/until.ts';
import { demand, say } from './say.ts';

/** `tools/temporal-server/go.mod` names the same. */
export const TEMPORAL_SERVER_VERSION = '1.31.2';

/** Small, and what compose's image has; what more of them bring stands in docs/sizing.md. */
const SHARDS = 4;
const RETENTION_DAYS = 30;
const MODULE = join(ROOT, 'tools', 'temporal-server');
const SERVER = 'go.temporal.io/server';
const run = promisify(execFile);

/** Where one of Temporal's databases is, and who may open it. */
export interface Store {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface RealTemporal {
  readonly address: string;
  readonly child: Child;
}

interface Programs {
  readonly server: string;
  readonly sqlTool: string;
}

/** From the user's cache, else built there. */
async function obtainPrograms(cache: string): Promise<Programs> {
  const folder = join(cache, `temporal-server-${TEMPORAL_SERVER_VERSION}`);
  mkdirSync(folder, { recursive: true });
  const built = async (name: string, path: string): Promise<string> => {
    const target = join(folder, name);
    if (existsSync(target)) return target;
    const title = `${name} ${TEMPORAL_SERVER_VERSION}`;
    const draft = `${target}.${process.pid}`;
    await buildGoProgram({ title, module: MODULE, package: `${SERVER}/${path}` }, draft, say);
    renameSync(draft, target);
    return target;
  };
  return {
    server: await built('temporal-server', 'cmd/server'),
    sqlTool: await built('temporal-sql-tool', 'cmd/tools/sql'),
  };
}

/** The schema's files come with the module. */
async function schemaFolder(): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', SERVER], { cwd: MODULE });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  return join(Dir, 'schema', 'postgresql', 'v12');
}

/** As the service `temporal-schema` of docker-compose.yml does it. */
async function makeSchema(sqlTool: string, store: Store): Promise<void> {
  const schema = await schemaFolder();
  const env = {
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(store.port),
    SQL_USER: store.user,
    SQL_PASSWORD: store.password,
  };
  for (const name of ['temporal', 'visibility']) {
    const database = name === 'visibility' ? 'temporal_visibility' : name;
    await run(sqlTool, ['--db', database, 'setup-schema', '-v', '0.0'], { env });
    await run(sqlTool, ['--db', database, 'update-schema', '-d', join(schema, name, 'versioned')], { env });
  }
}

/** Its tables hold no port above 32,767. */
const freePort = () => getPort({ host: '127.0.0.1', port: portNumbers(20_000, 32_000) });

/** Of the four services in one process. */
async function configOf(store: Store, port: number, dynamicConfig: string): Promise<object> {
  const sql = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      connectAddr: `127.0.0.1:${store.port}`,
      connectProtocol: 'tcp',
      databaseName,
      user: store.user,
      password: store.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const service = async (grpcPort?: number) => ({
    rpc: {
      grpcPort: grpcPort ?? (await freePort()),
      membershipPort: await freePort(),
      bindOnLocalHost: true,
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: { main: sql('temporal', 20), visibility: sql('temporal_visibility', 5) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: await service(port),
      matching: await service(),
      history: await service(),
      worker: await service(),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${port}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamicConfig, pollInterval: '10s' },
  };
}

/**
 * Makes the tables, starts the server with what `deploy/temporal-dynamic-config.yaml` says, and registers `namespaces`.
 *
 * @param folder for its configuration
 * @param log file descriptor of its log
 */
export async function startRealTemporal(
  { store, folder, log, cache }: { store: Store; folder: string; log: number; cache: string },
  namespaces: readonly string[],
): Promise<RealTemporal> {
  const { server, sqlTool } = await obtainPrograms(cache);
  await makeSchema(sqlTool, store);
  const port = await freePort();
  const file = join(folder, 'temporal.yaml');
  const dynamicConfig = join(ROOT, 'deploy', 'temporal-dynamic-config.yaml');
  writeFileSync(file, stringify(await configOf(store, port, dynamicConfig)), { mode: 0o600 });
  const args = ['--config-file', file, '--allow-no-auth', 'start'];
  const child = startChild({ command: server, args, cwd: dirname(file), log, ownGroup: true });
  const address = `127.0.0.1:${port}`;
  for (const namespace of namespaces) await register(address, namespace, child);
  return { address, child };
}

/** As `temporal-namespace` of docker-compose.yml does it. */
async function register(address: string, namespace: string, child: Child): Promise<void> {
  const ttl = { seconds: (RETENTION_DAYS * 86_400) as never };
  await until(
    async () => {
      if (child.exit() !== undefined) return true;
      const connection = await connectTemporal({ address, namespace: 'temporal-system' });
      try {
        await connection.workflowService.registerNamespace({
          namespace,
          workflowExecutionRetentionPeriod: ttl,
        });
      } catch (error) {
        if (!/already exists/i.test(String(error))) throw error;
      } finally {
        await connection.close();
      }
      return true;
    },
    { interval: 250, describe: `Temporal takes the namespace ${namespace}` },
  );
  demand(child.exit() === undefined, 'the Temporal server has ended: see its log');
}
