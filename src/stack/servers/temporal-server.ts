/**
 * An embedded Temporal: the CLI's development server on loopback, tuned so that it does not throttle itself, its data
 * in one file named by version (a newer server cannot read an older one's file). Not started when `TEMPORAL_ADDRESS`
 * names a server.
 *
 * It opens more ports than we use, and none of them can be closed or asks who calls. Its HTTP API answers under a name
 * that nobody can have; it and the figures lie on ports that browsers refuse; the Web UI is behind a door of ours.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AllowedHost } from '../../listeners/allowed-host.ts';
import { doorPolicy } from '../../listeners/door-policy.ts';
import { readJsonFile, writeFileAtomically } from '../home/files.ts';
import type { Running } from '../programs/keep-running.ts';
import { temporalMemory, temporalPidFile } from './own-servers.ts';
import { choosePort } from './ports.ts';
import { PRIVATE_DIRECTORY } from '../home/private-files.ts';
import { endProcess, forgetProcess, recordedProcess, recordProcess } from '../home/process-record.ts';
import type { Report } from '../report.ts';
import { startServer } from './start-server.ts';
import type { TemporalCli } from './temporal-cli.ts';
import { assertListens } from './listening-sockets.ts';
import { openUiDoor, uiUrl, type UiDoor } from './temporal-ui-door.ts';
import { hiddenPlace, unreachablePorts } from './unreachable-ports.ts';

export interface TemporalOptions {
  readonly cli: TemporalCli;
  /** Holds the database file, the ports and the pid. */
  readonly home: string;
  readonly logFile: string;
  readonly namespace: string;
  /** false: in memory and without Web UI, for tests. */
  readonly persistent: boolean;
  /** Take the ports that people know, where they are free; else any, beside those that this home had. */
  readonly usualPorts?: boolean;
  /** Names beside the loopback ones under which the Web UI answers; none unless told. */
  readonly allowedHosts?: readonly AllowedHost[];
  /** Settings of the server beside ours, as it writes them; none unless told. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  readonly report: Report;
  /** Aborted: a start under way is given up. */
  readonly signal?: AbortSignal | undefined;
}

export interface TemporalServer extends Running {
  readonly address: string;
  /** Address of the Web UI, or null. */
  readonly ui: string | null;
  readonly pid: number | undefined;
  stop(graceMs?: number): Promise<void>;
}

/**
 * One history shard polls its queues at 20 a second by default: every hop of a run would wait 37 ms. And 100 buffered
 * events are few when a run is told many things at once.
 */
const DYNAMIC_CONFIG: Readonly<Record<string, string>> = {
  'history.transferProcessorMaxPollRPS': '5000',
  'history.timerProcessorMaxPollRPS': '5000',
  'history.visibilityProcessorMaxPollRPS': '5000',
  'history.maximumBufferedEventsBatch': '5000',
  'frontend.WorkflowPauseEnabled': 'true',
  // The HTTP API, which nothing here uses, answers this name only, and no such name can ever lead anywhere.
  'frontend.httpAllowedHosts': '["none.invalid"]',
  // An activity travels with the answer to the workflow task that asked for it, without a queue in between.
  'system.enableActivityEagerExecution': 'true',
  // Polls of workers whose network fell silent end soon; until then tasks are given to them, and lost for 10 s each.
  'frontend.keepAliveTime': '"5s"',
  'frontend.keepAliveTimeout': '"5s"',
};
/**
 * One server gains nothing by parts of a queue: each is loaded, written and polled by itself, and tasks and polls travel
 * between them. A database that began with parts keeps them, since what waits in one would never be asked for again.
 */
const WHOLE_QUEUES: Readonly<Record<string, string>> = {
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
};
const RETENTION_DAYS = 30;
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;

/** What a home knows of the server that it had. */
interface Memory {
  readonly port?: number;
  readonly uiPort?: number;
  /** Name of the database that has had {@link WHOLE_QUEUES} from its beginning. */
  readonly wholeQueues?: string;
}

/** Starts the server and ends a leftover of a killed start before. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  mkdirSync(options.home, { recursive: true, mode: PRIVATE_DIRECTORY });
  const pidFile = temporalPidFile(options.home);
  const memory = temporalMemory(options.home);
  const remembered = readJsonFile(memory) as Memory | undefined;
  const database = `temporal-${options.cli.version}.db`;
  const hasWhole = hasWholeQueues(options, database, remembered);
  const settings = { ...(hasWhole && WHOLE_QUEUES), ...options.dynamicConfig };
  await endTemporalLeftover(options.home, options.report);

  let ports: Ports = { port: 0, httpPort: 0, metricsPort: 0, ui: undefined };
  const child = await startServer({
    name: 'Temporal',
    logFile: options.logFile,
    report: options.report,
    signal: options.signal,
    prepare: async (attempt) => {
      ports = await choosePorts(options, attempt === 0 ? [remembered?.port, usual(options, USUAL_PORT)] : []);
      return {
        spec: {
          command: options.cli.path,
          args: serverArguments({ ...options, dynamicConfig: settings }, database, ports),
          ownGroup: true,
        },
        started: (pid) => recordProcess(pidFile, pid),
        probe: async (pid) => {
          await assertListens(pid, ports.port);
          await settle(`127.0.0.1:${ports.port}`, options.namespace);
        },
      };
    },
  });
  const door = await openDoor(options, ports.ui, remembered?.uiPort).catch(async (error: unknown) => {
    await child.stop('SIGKILL', 0);
    throw error;
  });
  void child.exited.then(() => door?.close());
  const known: Memory = {
    port: ports.port,
    ...(door !== undefined && { uiPort: door.port }),
    ...(hasWhole && { wholeQueues: database }),
  };
  writeFileAtomically(memory, JSON.stringify(known));
  return {
    address: `127.0.0.1:${ports.port}`,
    ui: door === undefined ? null : uiUrl('127.0.0.1', door.port),
    pid: child.pid,
    exited: child.exited,
    stop: async (graceMs = 5_000) => {
      await child.stop('SIGTERM', graceMs);
      forgetProcess(pidFile);
    },
  };
}

function hasWholeQueues(
  { persistent, home }: TemporalOptions,
  database: string,
  remembered: Memory | undefined,
): boolean {
  return !persistent || remembered?.wholeQueues === database || !existsSync(join(home, database));
}

interface Ports {
  readonly port: number;
  readonly httpPort: number;
  readonly metricsPort: number;
  /** Where the UI itself listens; undefined: there is none. */
  readonly ui: { readonly host: string; readonly port: number } | undefined;
}

/** @param preferred what this home had, and what people know; none at a further try, when that was taken after all. */
async function choosePorts(
  { persistent, report }: TemporalOptions,
  preferred: readonly (number | undefined)[],
): Promise<Ports> {
  const [httpPort = await choosePort(), metricsPort = await choosePort()] = await unreachablePorts(2);
  const ui = persistent ? await hiddenPlace() : undefined;
  if (persistent && ui === undefined)
    report('the Temporal UI is not started: every port that browsers refuse is taken');
  return { port: await choosePort(...(persistent ? preferred : [])), httpPort, metricsPort, ui };
}

function usual({ usualPorts = false }: TemporalOptions, port: number): number | undefined {
  return usualPorts ? port : undefined;
}

async function openDoor(
  options: TemporalOptions,
  ui: Ports['ui'],
  remembered: number | undefined,
): Promise<UiDoor | undefined> {
  if (ui === undefined) return undefined;
  const settings = { BATON_HOST: '127.0.0.1', BATON_ALLOWED_HOSTS: options.allowedHosts ?? [] };
  const door = {
    upstream: uiUrl(ui.host, ui.port),
    host: '127.0.0.1',
    // The UI's own pages send their JSON as text.
    policy: doorPolicy(settings, { ownPagesSendText: true }),
  };
  const port = await choosePort(remembered, usual(options, USUAL_UI_PORT));
  // Somebody else may have taken it in between.
  return openUiDoor({ ...door, port }).catch(async () => openUiDoor({ ...door, port: await choosePort() }));
}

function serverArguments(options: TemporalOptions, database: string, ports: Ports): string[] {
  const pairs = Object.entries({ ...DYNAMIC_CONFIG, ...options.dynamicConfig }).map(
    ([name, value]) => `--dynamic-config-value=${name}=${value}`,
  );
  const shared = [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${ports.port}`,
    `--http-port=${ports.httpPort}`,
    `--metrics-port=${ports.metricsPort}`,
    `--namespace=${options.namespace}`,
  ];
  const place = options.persistent
    ? [
        `--db-filename=${join(options.home, database)}`,
        '--sqlite-pragma=journal_mode=WAL',
        // What was acknowledged is on the disk, also after a power loss.
        '--sqlite-pragma=synchronous=FULL',
      ]
    : [];
  const ui = ports.ui ? [`--ui-ip=${ports.ui.host}`, `--ui-port=${ports.ui.port}`] : ['--headless'];
  return [...shared, ...place, ...ui, '--log-level=warn', '--log-format=json', ...pairs];
}

/** Succeeds once the namespace answers, and makes it keep closed histories long enough to rebuild tables from. */
async function settle(address: string, namespace: string): Promise<void> {
  // Half of all that `baton up -d` and `baton down` would load, and they never come here.
  const { connectTemporal } = await import('../../temporal/connection.ts');
  const connection = await connectTemporal({ address, namespace });
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: { seconds: (RETENTION_DAYS * 86_400) as never } },
    });
  } finally {
    await connection.close();
  }
}

/** Ends a server whose supervisor was killed. */
export async function endTemporalLeftover(home: string, report: Report): Promise<void> {
  const pid = recordedProcess(temporalPidFile(home));
  if (pid === undefined) return;
  report(`stopping a Temporal server that an earlier start left behind (process ${pid})`);
  await endProcess(pid, 'SIGTERM', 5_000);
}
