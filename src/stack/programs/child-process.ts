/**
 * Child processes that do not outlive this one: every child still alive when this process exits is killed on the way
 * out, also after a failed start or an uncaught error. Only SIGKILL of this process leaves children behind; the next
 * start finds them by their pid files (`process-record.ts`).
 */
import { spawn } from 'node:child_process';
import { messageOf } from '../../errors/errors.ts';
import { PRIVATE_UMASK } from '../home/private-files.ts';

/** User and group a child runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface ChildSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: User | undefined;
  /** What it reads; without it, nothing. */
  readonly stdin?: string;
  /** File descriptor for stdout and stderr; without it output is dropped. */
  readonly log?: number;
  /** With an IPC channel, by whose end a Node child learns that this process is gone. */
  readonly channel?: boolean;
  /** Called with what the child says through the channel. */
  readonly onMessage?: (message: unknown) => void;
  /** A process group of its own: a Ctrl-C at the terminal does not reach it, only `stop` does. */
  readonly ownGroup?: boolean;
  /** What ends it at once when this process exits. */
  readonly exitSignal?: NodeJS.Signals;
}

/** How a child ended; `error` when it could not be started at all. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: string | null;
}

export interface Child {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Present once the child has ended. */
  exit(): ChildExit | undefined;
  /** Sends `signal`, and SIGKILL after `graceMs`. Resolves when the child is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

const living = new Map<number, NodeJS.Signals>();
let hooked = false;

/** Starts a child. A command that cannot be started shows in `exited`. */
export function startChild(spec: ChildSpec): Child {
  killLivingAtExit();
  const output = spec.log ?? 'ignore';
  const input = spec.stdin === undefined ? 'ignore' : 'pipe';
  const child = withPrivateUmask(() =>
    spawn(spec.command, [...spec.args], {
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.env === undefined ? {} : { env: spec.env }),
      ...spec.user,
      detached: spec.ownGroup ?? false,
      stdio: [input, output, output, ...(spec.channel ? (['ipc'] as const) : [])],
      windowsHide: true,
    }),
  );
  // It may end before it has read.
  child.stdin?.on('error', () => {});
  child.stdin?.end(spec.stdin);
  const pid = child.pid;
  if (pid !== undefined) living.set(pid, spec.exitSignal ?? 'SIGKILL');

  if (spec.onMessage !== undefined) child.on('message', spec.onMessage);

  let exit: ChildExit | undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    const settle = (how: ChildExit) => {
      if (pid !== undefined) living.delete(pid);
      exit ??= how;
      resolve(exit);
    };
    child.once('error', (error) => settle({ code: null, signal: null, error: messageOf(error) }));
    child.once('exit', (code, signal) => settle({ code, signal, error: null }));
  });

  const stop = async (signal: NodeJS.Signals, graceMs: number) => {
    if (exit) return;
    child.kill(signal);
    const deadline = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(deadline);
  };
  return { pid, exited, exit: () => exit, stop };
}

/** A child has the umask of the moment in which it is made. */
function withPrivateUmask<T>(start: () => T): T {
  const before = process.umask(PRIVATE_UMASK);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

/** `exit code 1`, `signal SIGKILL`, or why it did not start. */
export function describeExit(exit: ChildExit): string {
  if (exit.error !== null) return exit.error;
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function killLivingAtExit(): void {
  if (hooked) return;
  hooked = true;
  process.once('exit', () => {
    for (const [pid, signal] of living) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended in the meantime.
      }
    }
  });
}
