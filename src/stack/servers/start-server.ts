/** Starts a server process and waits until it answers; a port that was taken in between is chosen anew. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { UnavailableError } from '../../errors/errors.ts';
import { describeExit, startChild, type Child, type ChildSpec } from '../programs/child-process.ts';
import { lastLines, withLog } from '../home/files.ts';
import { awaitReady } from '../programs/await-ready.ts';
import type { Report } from '../report.ts';

export interface ServerSpec {
  /** For messages: `Postgres`, `Temporal`. */
  readonly name: string;
  /** Output is appended here; its end is quoted when the server does not come up. */
  readonly logFile: string;
  /** Called for each try with its number, counted from 0. */
  readonly prepare: (attempt: number) => Promise<PreparedServer>;
  readonly report: Report;
  /** Aborted: it is not waited for any more. */
  readonly signal?: AbortSignal | undefined;
}

interface PreparedServer {
  readonly spec: ChildSpec;
  /** Called as soon as the process exists. */
  readonly started: (pid: number) => void;
  /** Resolves when the server answers, and it is this process that does; throws while it does not. */
  readonly probe: (pid: number) => Promise<void>;
}

const ATTEMPTS = 10;
const LOOK_EVERY_MS = 50;
const PORT_TAKEN = /address already in use|could not bind|can't bind|EADDRINUSE/i;

/**
 * Resolves with the running child.
 *
 * @throws UnavailableError `server_not_started` with the end of its log.
 */
export async function startServer(server: ServerSpec): Promise<Child> {
  for (let attempt = 0; ; attempt++) {
    const logStart = existsSync(server.logFile) ? statSync(server.logFile).size : 0;
    const prepared = await server.prepare(attempt);
    const child = withLog(server.logFile, (log) => startChild({ ...prepared.spec, log }));
    await recorded(child, prepared);
    const failure = await awaitReady({
      name: server.name,
      look: () => prepared.probe(child.pid ?? 0),
      lost: () => howItEnded(child) ?? (server.signal?.aborted ? 'told to stop' : undefined),
      everyMs: LOOK_EVERY_MS,
      report: server.report,
    });
    if (failure === undefined) return child;
    await child.stop('SIGKILL', 0);
    const said = existsSync(server.logFile) ? readFileSync(server.logFile).subarray(logStart).toString() : '';
    // A panic that follows may be longer than what is quoted.
    if (attempt + 1 < ATTEMPTS && PORT_TAKEN.test(said) && !server.signal?.aborted) continue;
    const output = said === '' ? '' : lastLines(server.logFile);
    throw new UnavailableError(
      'server_not_started',
      `${server.name} did not start: ${failure}. End of ${server.logFile}:\n${output || '(empty)'}`,
    );
  }
}

/** A server that nobody can find again (disk full) must not run. */
async function recorded(child: Child, { started }: PreparedServer): Promise<void> {
  try {
    if (child.pid !== undefined) started(child.pid);
  } catch (error) {
    await child.stop('SIGKILL', 0);
    throw error;
  }
}

function howItEnded(child: Child): string | undefined {
  const exit = child.exit();
  return exit && describeExit(exit);
}
