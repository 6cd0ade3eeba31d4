/**
 * An installation without containers: Postgres, a Temporal server on it, and whatever of Baton is started beside them.
 * Everything lies in one folder, listens on loopback, and ends with this process.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { readConfig } from '../../src/config.ts';
import { ROOT } from '../../src/places.ts';
import { findPostgres } from '../../src/stack/servers/postgres-binaries.ts';
import { startPostgres, type PostgresServer } from '../../src/stack/servers/postgres.ts';
import { say } from './say.ts';
import { startRealTemporal, TEMPORAL_SERVER_VERSION, type RealTemporal } from './temporal-server.ts';

const run = promisify(execFile);

/** One Baton of the installation: a database and a namespace of its own. */
export interface Site {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
}

export interface Installation {
  readonly folder: string;
  readonly logs: string;
  readonly servers: {
    readonly adminUrl: string;
    readonly postgresPid: number;
    readonly temporalPid: number;
  };
  site(name: SiteName): Site;
  stop(): Promise<void>;
}

/** Databases and namespaces have these names. */
const SITES = ['main', 'upgrade'] as const;
type SiteName = (typeof SITES)[number];

/** @param keep leave the folder, for its logs */
export async function openInstallation(keep: boolean): Promise<Installation> {
  const { BATON_CACHE: cache } = readConfig();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-deployment-')));
  // As root another user runs Postgres and the programs of steps, and both have to get there.
  chmodSync(folder, 0o755);
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const postgres = await startPostgres({
    binaries: await findPostgres(),
    home: folder,
    logFile: join(logs, 'postgres.log'),
    durable: true,
    report: say,
  });
  // However this process ends, and after its children were killed for it, whose hook came first.
  process.once('exit', () => {
    if (keep) say(`logs: ${logs}`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const passwords = await makeRoles(postgres);
  say(`Postgres listens on ${postgres.port}`);
  const store = { port: postgres.port, user: 'temporal', password: passwords.temporal };
  const log = openSync(join(logs, 'temporal.log'), 'a', 0o600);
  const temporal = await startRealTemporal({ store, folder, log, cache }, SITES);
  say(`Temporal ${TEMPORAL_SERVER_VERSION} on Postgres listens on ${temporal.address}`);
  return {
    folder,
    logs,
    servers: {
      adminUrl: postgres.url,
      postgresPid: postgres.pid ?? 0,
      temporalPid: temporal.child.pid ?? 0,
    },
    site: (name) => siteOf(name, postgres, temporal, passwords.baton),
    stop: async () => {
      await temporal.child.stop('SIGTERM', 10_000);
      await postgres.stop();
    },
  };
}

function siteOf(name: SiteName, postgres: PostgresServer, temporal: RealTemporal, password: string): Site {
  return {
    databaseUrl: `postgres://baton_role:${password}@127.0.0.1:${postgres.port}/site_${name}`,
    temporalAddress: temporal.address,
    namespace: name,
  };
}

/** As `deploy/postgres-roles.sql` does it: neither role is an administrator, each owns its databases alone. */
async function makeRoles(postgres: PostgresServer): Promise<{ baton: string; temporal: string }> {
  const passwords = { baton: randomBytes(24).toString('hex'), temporal: randomBytes(24).toString('hex') };
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    for (const [role, password] of [
      ['baton_role', passwords.baton],
      ['temporal', passwords.temporal],
    ] as const)
      await client.query(
        `create role ${role} login nosuperuser nocreatedb nocreaterole noreplication password '${password}'`,
      );
    const databases = [
      ...SITES.map((name) => [`site_${name}`, 'baton_role'] as const),
      ['temporal', 'temporal'] as const,
      ['temporal_visibility', 'temporal'] as const,
    ];
    for (const [database, owner] of databases) {
      await client.query(`create database ${database} owner ${owner}`);
      await client.query(`revoke all on database ${database} from public`);
    }
  } finally {
    await client.end();
  }
  return passwords;
}

/** The built command line beside an installation. @throws Error with what it said when its exit code is not 0 */
export async function baton(site: Site, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(ROOT, 'dist', 'cli', 'main.js'), ...args], {
    maxBuffer: 1 << 28,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: site.databaseUrl,
      TEMPORAL_ADDRESS: site.temporalAddress,
      TEMPORAL_NAMESPACE: site.namespace,
      BATON_HOME: join(tmpdir(), 'baton-deployment-none'),
    },
  });
  return stdout;
}
