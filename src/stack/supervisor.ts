/**
 * The stack on one machine: servers, migrations, the four programs, and the order in which all of it stops. Whatever
 * hangs is killed, so that a stop takes 20 s at most, and more than some seconds only where effects come to their end.
 */
import { delimiter, join } from 'node:path';
import type { Config } from '../config.ts';
import { withClient } from '../database/database.ts';
import { migrate } from '../database/migrate.ts';
import { UnavailableError } from '../errors/errors.ts';
import { openToOthers } from '../listeners/door-policy.ts';
import { createLogger } from '../log/log.ts';
import { keyringOf } from '../secrets/keyring.ts';
import { sealStored } from '../webhooks/seal-stored.ts';
import { lastLines } from './home/files.ts';
import { claimHome } from './home/home-claim.ts';
import { awaitReady, START_MS } from './programs/await-ready.ts';
import { keepRunning, type Kept } from './programs/keep-running.ts';
import { choosePort, portsFrom } from './servers/ports.ts';
import { privateHome } from './home/private-files.ts';
import { portOf, urlOf, withFreePorts } from './free-ports.ts';
import { PROGRAMS, startProgram, type ProgramName } from './programs/programs.ts';
import { apiIsReady, projectorIsConnected, workerIsWell } from './programs/readiness.ts';
import { countOutdatedRuns } from '../tables/statements/outdated-runs.ts';
import type { Report } from './report.ts';
import { keepReserve } from './home/reserve.ts';
import { ensureSealingKeys } from './servers/sealing-keys.ts';
import { startServers, type Servers } from './servers/servers.ts';
import { readStackInfo, removeStackInfo, writeStackInfo, type StackInfo } from './home/stack-file.ts';

export interface Stack {
  readonly info: StackInfo;
  /** Stops API, projector, workers, Temporal and Postgres in this order. Asked twice, it stops once. */
  stop(): Promise<void>;
}

/** Another supervisor has this BATON_HOME; `info` once that one is ready. */
export interface AlreadyRunning {
  readonly holder: number;
  readonly info: StackInfo | undefined;
}

const LOOK_EVERY_MS = 250;
/** The pauses between them grow: who has ended so often ends always. */
const MOST_ENDS = 5;
const WORKERS = ['worker-workflows', 'worker-activities'] as const satisfies readonly ProgramName[];
/** Together 20 s. */
const GRACE_MS = { api: 1_500, projector: 1_500, workers: 14_000, temporal: 1_500, postgres: 1_500 };

/**
 * Brings everything up and resolves when every program does its work.
 *
 * @throws BatonError when a server or program does not come up; what had come up is stopped again.
 */
export async function startStack(config: Config, report: Report): Promise<Stack | AlreadyRunning> {
  const home = config.BATON_HOME;
  const warning = openToOthers(config);
  if (warning !== undefined) report(`warning: ${warning}`);
  const claim = await claimHome(home);
  if (claim.holder !== null) return { holder: claim.holder, info: readStackInfo(home) };
  removeStackInfo(home);
  const stoppers: (() => Promise<void>)[] = [async () => claim.release()];
  const stop = once(async () => {
    removeStackInfo(home);
    for (const stopper of stoppers.toReversed()) await stopper();
  });
  try {
    privateHome(home);
    const servers = await startServers(config, report);
    stoppers.push(() => stopServers(servers));
    await migrate(servers.database.at, createLogger('stack', 'warn'), { lookMs: START_MS });
    const sealing = ensureSealingKeys(config, servers.database.at);
    await sealStored(servers.database.at, { keyring: keyringOf(sealing), ms: START_MS });
    await tellOutdated(servers.database.at, report);
    const port = await portFor('the API', config.BATON_PORT, report);
    const grpc =
      config.BATON_GRPC_PORT === null ? null : await portFor('gRPC', config.BATON_GRPC_PORT, report, [port]);
    const metrics = [await choosePort(config.BATON_METRICS_PORT || undefined)];
    for (const _ of WORKERS) metrics.push(await choosePort());
    const stack = new RunningStack(home, describeStack(config, servers, { api: port, grpc, metrics }));
    const reserve = await keepReserve(home, report);
    stoppers.push(() => reserve.stop());
    // There is no network between the workers and a server of ours.
    const relay = config.BATON_TEMPORAL_RELAY && servers.temporal.kept === null;
    const settings = {
      ...config,
      BATON_RESERVE: reserve.file,
      BATON_TEMPORAL_RELAY: relay,
      BATON_SEALING_KEY: sealing,
    };
    const kept = startPrograms(settings, stack, report);
    stoppers.push(() => stopPrograms(kept));
    await untilReady(stack, kept, join(home, 'logs'), report);
    stack.publish();
    return { info: stack.info, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where everything is: told in `stack.json` once it is ready, and again when a program had to move. */
class RunningStack {
  readonly #home: string;
  #info: StackInfo;
  #isPublished = false;

  constructor(home: string, info: StackInfo) {
    this.#home = home;
    this.#info = info;
  }

  get info(): StackInfo {
    return this.#info;
  }

  publish(): void {
    this.#isPublished = true;
    writeStackInfo(this.#home, this.#info);
  }

  /** The program can be started: its port is free. */
  async makeWay(name: ProgramName, report: Report): Promise<void> {
    const info = await withFreePorts(this.#info, name, report);
    if (info === this.#info) return;
    this.#info = info;
    if (this.#isPublished) this.publish();
  }
}

/** The environment of the programs: what the supervisor was given, completed by what it found out. */
function programEnvironment(config: Config, info: StackInfo): NodeJS.ProcessEnv {
  return {
    ...process.env,
    BATON_HOME: config.BATON_HOME,
    BATON_PORT: new URL(info.api).port,
    BATON_GRPC_PORT: info.grpc === null ? 'off' : portOf(info.grpc),
    BATON_TASK_QUEUE: config.BATON_TASK_QUEUE,
    TEMPORAL_ADDRESS: info.temporal_address,
    TEMPORAL_NAMESPACE: info.temporal_namespace,
    ...(info.temporal_ui === null ? {} : { BATON_TEMPORAL_UI: info.temporal_ui }),
    DATABASE_URL: info.database_url,
    BATON_TEMPORAL_RELAY: config.BATON_TEMPORAL_RELAY ? '1' : '0',
    ...(config.BATON_RESERVE === undefined ? {} : { BATON_RESERVE: config.BATON_RESERVE }),
    // Whoever starts a stack in a directory wants its runs to work on what is there.
    BATON_WORKSPACE_SOURCES: config.BATON_WORKSPACE_SOURCES.join(delimiter) || process.cwd(),
    ...(config.BATON_SCRIPT === undefined ? {} : { BATON_SCRIPT: config.BATON_SCRIPT }),
  };
}

/** After an upgrade: the projector has work to do before everything reads as this version writes it. */
async function tellOutdated(databaseUrl: string, report: Report): Promise<void> {
  const { rows } = await withClient(databaseUrl, { name: 'stack', ms: START_MS }, (client) =>
    client.query<{ runs: number }>(countOutdatedRuns),
  );
  const runs = rows[0]?.runs ?? 0;
  if (runs > 0) report(`tables of an older version: ${runs} runs are written anew in the background`);
}

/** The wanted port or, which is reported, the next that is free. @param taken not listened on yet, but given away */
async function portFor(
  what: string,
  wanted: number,
  report: Report,
  taken: readonly number[] = [],
): Promise<number> {
  const preferred = wanted === 0 ? [] : portsFrom(wanted).filter((port) => !taken.includes(port));
  const port = await choosePort(...preferred);
  if (wanted !== 0 && port !== wanted) report(`port ${wanted} is taken: ${what} listens on ${port}`);
  return port;
}

function describeStack(
  config: Config,
  servers: Servers,
  ports: { readonly api: number; readonly grpc: number | null; readonly metrics: readonly number[] },
): StackInfo {
  const host = reachableHost(config.BATON_HOST);
  const [projector, ...workers] = ports.metrics.map((metrics) => `http://${host}:${metrics}/metrics`);
  return {
    api: `http://${host}:${ports.api}`,
    grpc: ports.grpc === null ? null : `${host}:${ports.grpc}`,
    projector_metrics: projector ?? '',
    worker_metrics: Object.fromEntries(WORKERS.map((name, at) => [name, workers[at] ?? ''])),
    temporal_address: servers.temporal.at.address,
    temporal_namespace: config.TEMPORAL_NAMESPACE,
    temporal_ui: servers.temporal.at.ui,
    database_url: servers.database.at,
    task_queue: config.BATON_TASK_QUEUE,
    pid: process.pid,
    started_at: new Date().toISOString(),
  };
}

/** An address to connect to for one to listen on. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** By name, so that each can be stopped in its turn. */
function startPrograms(config: Config, stack: RunningStack, report: Report): ReadonlyMap<ProgramName, Kept> {
  const logs = join(config.BATON_HOME, 'logs');
  return new Map(
    PROGRAMS.map((program) => [
      program.name,
      keepRunning({
        name: program.name,
        start: async () => {
          await stack.makeWay(program.name, report);
          const environment = programEnvironment(config, stack.info);
          const own = { ...metricsPort(program.name, stack.info), ...sealingKey(program.name, config) };
          return startProgram(program, { ...environment, ...own }, logs);
        },
        report: (line) => report(`${line} (log: ${join(logs, `${program.name}.log`)})`),
      }),
    ]),
  );
}

/** Where a program shows its figures and its health; the API does so on its own port. */
function metricsPort(name: ProgramName, info: StackInfo): NodeJS.ProcessEnv {
  return { BATON_METRICS_PORT: name === 'api' ? '0' : new URL(urlOf(info, name)).port };
}

/** For those that keep or send what is sealed. */
function sealingKey(name: ProgramName, { BATON_SEALING_KEY: keys }: Config): NodeJS.ProcessEnv {
  return { BATON_SEALING_KEY: name === 'api' || name === 'projector' ? keys.join(',') : '' };
}

async function stopPrograms(kept: ReadonlyMap<ProgramName, Kept>): Promise<void> {
  // A Ctrl-C reaches all of them at once: who ends by himself is not started again.
  for (const program of kept.values()) program.retire();
  await kept.get('api')?.stop(GRACE_MS.api);
  await kept.get('projector')?.stop(GRACE_MS.projector);
  await Promise.all(WORKERS.map(async (name) => kept.get(name)?.stop(GRACE_MS.workers)));
}

async function stopServers(servers: Servers): Promise<void> {
  await servers.temporal.kept?.stop(GRACE_MS.temporal);
  await servers.database.kept?.stop(GRACE_MS.postgres);
}

/** Every program does its work; what is missing at the end is said, with the end of that program's log. */
async function untilReady(
  stack: RunningStack,
  kept: ReadonlyMap<ProgramName, Kept>,
  logs: string,
  report: Report,
): Promise<void> {
  let inVain = false;
  await Promise.all(
    [...kept].map(async ([name, program]) => {
      const lost = () => (inVain ? 'another program is not ready' : endedTooOften(program));
      const failure = await awaitReady({
        name,
        look: () => lookAt(name, stack.info),
        lost,
        everyMs: LOOK_EVERY_MS,
        report,
      });
      if (failure === undefined) return;
      inVain = true;
      const log = join(logs, `${name}.log`);
      const message = `${name} is not ready: ${failure}. End of ${log}:\n${lastLines(log)}`;
      throw new UnavailableError('stack_not_ready', message);
    }),
  );
}

/** Throws while the program does not do its work. */
function lookAt(name: ProgramName, info: StackInfo): Promise<void> {
  if (name === 'api') return apiIsReady(info.api);
  if (name === 'projector') return projectorIsConnected(info.database_url);
  return workerIsWell(new URL(urlOf(info, name)).origin);
}

function endedTooOften(program: Kept): string | undefined {
  return program.restarts() < MOST_ENDS ? undefined : `it has ended ${MOST_ENDS} times`;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
