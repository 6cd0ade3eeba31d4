/**
 * `baton up -d`: the supervisor as a process of its own, which outlives the one that started it. Until it is ready it
 * tells its starter over an IPC channel how far it is.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { lastLines, withLog } from '../../stack/home/files.ts';
import { supervisorOf } from '../../stack/home/home-claim.ts';
import { privateDirectory } from '../../stack/home/private-files.ts';
import { rotate } from '../../stack/programs/programs.ts';
import { readStackInfo, type StackInfo } from '../../stack/home/stack-file.ts';
import { CliError, EXIT } from '../exit.ts';
import { note } from '../terminal/output.ts';

type Message =
  | { readonly type: 'report'; readonly line: string }
  | { readonly type: 'ready'; readonly info: StackInfo };

/** The starter, when this process is a detached supervisor; undefined otherwise. */
export function toldParent(): { report(line: string): void; ready(info: StackInfo): void } | undefined {
  if (process.env[MARK] === undefined || process.send === undefined) return undefined;
  const tell = (message: Message) => process.connected && process.send?.(message);
  // The starter may be gone (Ctrl-C, a closed terminal); the stack goes on.
  process.on('error', () => undefined);
  return {
    report: (line) => {
      note(line);
      tell({ type: 'report', line });
    },
    ready: (info) => {
      tell({ type: 'ready', info });
    },
  };
}

const MARK = 'BATON_DETACHED_SUPERVISOR';

/**
 * Starts a supervisor in the background, or finds the one that runs, and resolves when it is ready.
 *
 * @throws CliError with the end of its log when it does not come up.
 */
export async function startDetached(config: Config): Promise<StackInfo> {
  const home = config.BATON_HOME;
  const running = await untilOtherIsReady(home);
  if (running !== undefined) return running;
  const started = await startSupervisor(join(home, 'logs'));
  if ('info' in started) return started.info;
  // Two started at once, and the other one was first.
  const other = started.code === EXIT.usage ? await untilOtherIsReady(home) : undefined;
  if (other !== undefined) return other;
  const exitCode = started.code === EXIT.unreachable ? EXIT.unreachable : EXIT.failed;
  const reason = `Baton did not start (exit code ${started.code}). End of ${started.logFile}:`;
  throw new CliError(exitCode, `${reason}\n${lastLines(started.logFile)}`, { code: 'not_started' });
}

type Started = { readonly info: StackInfo } | { readonly code: number | null; readonly logFile: string };

/** Resolves when the supervisor is ready, or has ended instead. */
async function startSupervisor(logs: string): Promise<Started> {
  const logFile = join(logs, 'supervisor.log');
  privateDirectory(dirname(logs));
  privateDirectory(logs);
  rotate(logFile);
  const child = withLog(logFile, (log) =>
    spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'up'], {
      detached: true,
      env: { ...process.env, [MARK]: '1' },
      stdio: ['ignore', log, log, 'ipc'],
    }),
  );
  const interrupt = () => {
    child.kill('SIGTERM');
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  try {
    return await new Promise<Started>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if (message.type === 'report') note(message.line);
        else resolve({ info: message.info });
      });
      child.once('error', reject);
      child.once('exit', (code) => resolve({ code, logFile }));
    });
  } finally {
    process.off('SIGINT', interrupt);
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** A supervisor that already holds this home: waits for it, as long as it lives. */
async function untilOtherIsReady(home: string): Promise<StackInfo | undefined> {
  for (let waited = 0; supervisorOf(home) !== undefined; waited++) {
    const info = readStackInfo(home);
    if (info !== undefined) {
      note(`Baton runs already in ${home} (process ${info.pid})`);
      return info;
    }
    if (waited === 0) note('another start is under way: waiting for it');
    await sleep(200);
  }
  return undefined;
}
