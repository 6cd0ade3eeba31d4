/** The four programs that make Baton, as children of the supervisor in its process group. */
import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IS_BUILT, moduleFile } from '../../places.ts';
import { handOver } from '../../secrets/handover.ts';
import { startChild } from './child-process.ts';
import { withLog } from '../home/files.ts';
import { watchHeartbeat } from './heartbeat.ts';
import type { Running } from './keep-running.ts';

export type ProgramName = 'api' | 'projector' | 'worker-workflows' | 'worker-activities';

export interface Program {
  readonly name: ProgramName;
  readonly module: string;
  readonly args: readonly string[];
}

/** In the order in which they are stopped. */
export const PROGRAMS: readonly Program[] = [
  { name: 'api', module: 'api/main', args: [] },
  { name: 'projector', module: 'projections/main', args: [] },
  // With activities of its own, which Temporal hands out at once with the task that asks for them.
  { name: 'worker-workflows', module: 'worker/main', args: ['--role', 'workflows', '--eager'] },
  // Apart, so that activities are served while the other is started again.
  { name: 'worker-activities', module: 'worker/main', args: ['--role', 'activities'] },
];

const LARGEST_LOG = 20 * 1024 * 1024;

/** Starts a program, and kills it when it hangs; its log is appended to `<name>.log` in `logs`. */
export function startProgram(program: Program, environment: NodeJS.ProcessEnv, logs: string): Running {
  const logFile = join(logs, `${program.name}.log`);
  rotate(logFile);
  const loader = IS_BUILT ? ['--enable-source-maps'] : ['--import', 'tsx'];
  const args = [
    ...loader,
    '--import',
    moduleFile('stack/programs/child-guard'),
    moduleFile(program.module),
    ...program.args,
  ];
  let hung: string | undefined;
  const heartbeat = watchHeartbeat((seconds) => {
    hung = `it hung: nothing was heard of it for ${seconds} s, so it was killed`;
    void child.stop('SIGKILL', 0);
  });
  const child = withLog(logFile, (log) =>
    startChild({
      command: process.execPath,
      args,
      ...handOver(environment),
      log,
      channel: true,
      onMessage: (message) => heartbeat.hear(message),
    }),
  );
  const exited = child.exited.then((how) => {
    heartbeat.stop();
    return hung === undefined ? how : { ...how, error: hung };
  });
  return { exited, stop: (graceMs) => child.stop('SIGTERM', graceMs) };
}

/** Keeps one former log. */
export function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LARGEST_LOG) renameSync(logFile, `${logFile}.1`);
}
