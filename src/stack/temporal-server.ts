/**
 * An embedded Temporal: the CLI's development server on loopback, tuned so that it does not throttle itself, its data
 * in one file named by version (a newer server cannot read an older one's file). Not started when `TEMPORAL_ADDRESS`
 * names a server.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectTemporal } from '../temporal/connection.ts';
import { readJsonFile, writeFileAtomically } from './files.ts';
import type { Running } from './keep-running.ts';
import { choosePort } from './ports.ts';
import { endProcess, forgetProcess, recordedProcess, recordProcess } from './process-record.ts';
import type { Report } from './report.ts';
import { startServer } from './start-server.ts';
import type { TemporalCli } from './temporal-cli.ts';

export interface TemporalOptions {
  readonly cli: TemporalCli;
  /** Holds the database file, the ports and the pid. */
  readonly home: string;
  readonly logFile: string;
  readonly namespace: string;
  /** false: in memory and without Web UI, for tests. */
  readonly persistent: boolean;
  readonly report: Report;
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
};
const RETENTION_DAYS = 30;
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;

/** Starts the server and ends a leftover of a killed start before. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  mkdirSync(options.home, { recursive: true });
  const pidFile = pidFileIn(options.home);
  const memory = join(options.home, 'temporal.json');
  const remembered = readJsonFile(memory) as { port?: number; uiPort?: number } | undefined;
  await endTemporalLeftover(options.home, options.report);

  let ports = { port: 0, uiPort: 0 };
  const child = await startServer({
    name: 'Temporal',
    logFile: options.logFile,
    timeoutMs: 60_000,
    prepare: async (attempt) => {
      const usual = attempt === 0 && options.persistent;
      ports = {
        port: await choosePort(...(usual ? [remembered?.port, USUAL_PORT] : [])),
        uiPort: await choosePort(...(usual ? [remembered?.uiPort, USUAL_UI_PORT] : [])),
      };
      return {
        spec: { command: options.cli.path, args: serverArguments(options, ports), ownGroup: true },
        started: (pid) => recordProcess(pidFile, pid),
        probe: () => settle(`127.0.0.1:${ports.port}`, options.namespace),
      };
    },
  });
  writeFileAtomically(memory, JSON.stringify(ports), 0o644);
  return {
    address: `127.0.0.1:${ports.port}`,
    ui: options.persistent ? `http://127.0.0.1:${ports.uiPort}` : null,
    pid: child.pid,
    exited: child.exited,
    stop: async (graceMs = 5_000) => {
      await child.stop('SIGTERM', graceMs);
      forgetProcess(pidFile);
    },
  };
}

const pidFileIn = (home: string): string => join(home, 'temporal.pid');

function serverArguments(options: TemporalOptions, ports: { port: number; uiPort: number }): string[] {
  const pairs = Object.entries(DYNAMIC_CONFIG).map(
    ([name, value]) => `--dynamic-config-value=${name}=${value}`,
  );
  const shared = [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${ports.port}`,
    `--namespace=${options.namespace}`,
  ];
  const place = options.persistent
    ? [
        `--db-filename=${join(options.home, `temporal-${options.cli.version}.db`)}`,
        '--sqlite-pragma=journal_mode=WAL',
        '--sqlite-pragma=synchronous=NORMAL',
        '--ui-ip=127.0.0.1',
        `--ui-port=${ports.uiPort}`,
      ]
    : ['--headless'];
  return [...shared, ...place, '--log-level=warn', '--log-format=json', ...pairs];
}

/** Succeeds once the namespace answers, and makes it keep closed histories long enough to rebuild tables from. */
async function settle(address: string, namespace: string): Promise<void> {
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
  const pid = recordedProcess(pidFileIn(home));
  if (pid === undefined) return;
  report(`stopping a Temporal server that an earlier start left behind (process ${pid})`);
  await endProcess(pid, 'SIGTERM', 5_000);
}
