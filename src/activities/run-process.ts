/**
 * A child process in a process group of its own: nothing of the group survives the call, output is capped, no shell.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** Most bytes kept of stdout and of stderr. */
const MAX_OUTPUT_BYTES = 10 * 1024 * 1024;
/** From SIGTERM to SIGKILL: short, since somebody waits for the stop. */
const KILL_GRACE_MS = 500;
/** A background process may hold the pipes open after the command has ended; it is not waited for longer. */
const DRAIN_MS = 500;

export interface ProcessRequest {
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly signal: AbortSignal;
}

export interface ProcessOutcome {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end. Resolves for any exit code; an abort kills the group (SIGTERM, half a second later SIGKILL)
 * and resolves with `killedBy`.
 *
 * @throws the spawn error (ENOENT, EACCES …)
 */
export async function runProcess(
  request: ProcessRequest,
  maxBytes = MAX_OUTPUT_BYTES,
): Promise<ProcessOutcome> {
  const [file = '', ...args] = request.argv;
  const { cwd, env } = request;
  const child = spawn(file, args, { cwd, env, detached: true, shell: false, stdio: 'pipe' });
  const stdout = collect(child.stdout, maxBytes);
  const stderr = collect(child.stderr, maxBytes);
  // A command need not read what it is given.
  child.stdin.on('error', () => {});
  child.stdin.end(request.stdin);
  const release = killOnAbort(child, request.signal);
  try {
    const { exitCode, killedBy } = await ended(child);
    return { exitCode, killedBy, stdout: stdout(), stderr: stderr() };
  } finally {
    release();
    killGroup(child, 'SIGKILL');
  }
}

interface Ended {
  readonly exitCode: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, killedBy) => {
      const finish = () => {
        clearTimeout(drained);
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ exitCode, killedBy });
      };
      const drained = setTimeout(finish, DRAIN_MS);
      child.once('close', finish);
    });
  });
}

function killOnAbort(child: ChildProcessWithoutNullStreams, signal: AbortSignal): () => void {
  let force: NodeJS.Timeout | undefined;
  const kill = () => {
    killGroup(child, 'SIGTERM');
    force = setTimeout(() => killGroup(child, 'SIGKILL'), KILL_GRACE_MS);
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
function collect(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = Math.max(0, maxBytes - bytes);
    bytes += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
  });
  return () => {
    const text = Buffer.concat(chunks).toString('utf8');
    return bytes <= maxBytes ? text : `${text}\n[output cut: ${bytes - maxBytes} more bytes]\n`;
  };
}
