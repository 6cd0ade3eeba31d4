/**
 * A program of others from start to end: started by the launcher, output capped and masked, no shell that would read its
 * arguments. Nothing of it survives the call.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import type { Masking } from '../../secrets/masking.ts';
import { assertProgram } from './find-program.ts';
import type { Launch, Launcher, LaunchRequest } from './launcher.ts';

/** Most bytes kept of stdout and of stderr. */
const MAX_OUTPUT_BYTES = 10 * 1024 * 1024;
/** Short, since somebody waits for the stop. */
const GRACE_MS = 500;

/** What a worker runs programs with. */
export interface ProcessMeans {
  readonly launcher: Launcher;
  readonly masking: Masking;
  /**
   * ms from SIGTERM to SIGKILL, and from the end of a command to that of its output, which a background process may
   * hold open. {@link GRACE_MS} unless told, as tests do of programs that need none of it.
   */
  readonly graceMs?: number;
}

export interface ProcessRequest extends LaunchRequest {
  readonly stdin: string;
  readonly signal: AbortSignal;
  /** @default 10 MB */
  readonly maxBytes?: number;
}

export interface ProcessOutcome {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
  /** Masked. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end. Resolves for any exit code; an abort kills all of it (SIGTERM, half a second later SIGKILL)
 * and resolves with `killedBy`.
 *
 * @throws the spawn error (ENOENT, EACCES …)
 */
export async function runProcess(
  request: ProcessRequest,
  { launcher, masking, graceMs = GRACE_MS }: ProcessMeans,
): Promise<ProcessOutcome> {
  await assertProgram(request);
  const launch = await launcher.prepare(request);
  const { file, args, cwd, env } = launch;
  const child = spawn(file, args, { cwd, env, detached: true, shell: false, stdio: 'pipe' });
  const maxBytes = request.maxBytes ?? MAX_OUTPUT_BYTES;
  const stdout = collect(child.stdout, maxBytes, masking);
  const stderr = collect(child.stderr, maxBytes, masking);
  // A command need not read what it is given.
  child.stdin.on('error', () => {});
  child.stdin.end(request.stdin);
  const release = killOnAbort(child, request.signal, graceMs);
  try {
    const end = await ended(child, launch, graceMs);
    return { ...end, stdout: stdout(), stderr: stderr() };
  } finally {
    release();
    killGroup(child, 'SIGKILL');
    await launch.sweep();
  }
}

interface Ended {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

function ended(child: ChildProcessWithoutNullStreams, launch: Launch, graceMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, killedBy) => {
      const finish = () => {
        clearTimeout(drained);
        child.stdout.destroy();
        child.stderr.destroy();
        const told = launch.throughShell ? signalOf(exitCode) : null;
        resolve(told === null ? { exitCode, killedBy } : { exitCode: null, killedBy: told });
      };
      const drained = setTimeout(finish, graceMs);
      child.once('close', finish);
    });
  });
}

/** The signal that a shell tells by its exit code. */
function signalOf(exitCode: number | null): NodeJS.Signals | null {
  if (exitCode === null || exitCode <= 128) return null;
  const [name = null] =
    Object.entries(constants.signals).find(([, number]) => number === exitCode - 128) ?? [];
  return name as NodeJS.Signals | null;
}

function killOnAbort(
  child: ChildProcessWithoutNullStreams,
  signal: AbortSignal,
  graceMs: number,
): () => void {
  let force: NodeJS.Timeout | undefined;
  const kill = () => {
    killGroup(child, 'SIGTERM');
    force = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  };
  if (signal.aborted) kill();
  else signal.addEventListener('abort', kill, { once: true });
  return () => {
    signal.removeEventListener('abort', kill);
    clearTimeout(force);
  };
}

function killGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

/** Keeps the first bytes of a stream, reads on so that the writer does not block, and notes what was dropped. */
function collect(stream: NodeJS.ReadableStream, maxBytes: number, { mask, settle }: Masking): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = Math.max(0, maxBytes - bytes);
    bytes += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
  });
  return () => {
    const text = Buffer.concat(chunks).toString('utf8');
    if (bytes <= maxBytes) return mask(text);
    // What may be the beginning of a secret is cut off with the rest.
    return `${settle(text).masked}\n[output cut: ${bytes - maxBytes} more bytes]\n`;
  };
}
