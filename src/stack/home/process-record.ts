/**
 * A process remembered in a file, so that a later start can tell whether it still lives. A pid alone does not do: it
 * may belong to another process by now, so the time at which the process began is kept with it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomically } from './files.ts';

interface ProcessRecord {
  readonly pid: number;
  readonly began: string;
}

/** Remembers a living process in `file`. */
export function recordProcess(file: string, pid: number): void {
  const record: ProcessRecord = { pid, began: beginningOf(pid) ?? '' };
  writeFileAtomically(file, JSON.stringify(record));
}

/** The pid in `file` when that very process is still alive. */
export function recordedProcess(file: string): number | undefined {
  try {
    const { pid, began } = JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
    return Number.isInteger(pid) && pid > 1 && beginningOf(pid) === began ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function forgetProcess(file: string): void {
  rmSync(file, { force: true });
}

/** Ends a process that is no child of ours: `signal`, then SIGKILL after `graceMs`. Resolves when it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  const began = beginningOf(pid);
  const alive = () => began !== undefined && beginningOf(pid) === began;
  signalProcess(pid, signal);
  const deadline = Date.now() + graceMs;
  while (alive() && Date.now() < deadline) await sleep(50);
  if (alive()) signalProcess(pid, 'SIGKILL');
  while (alive()) await sleep(50);
}

/** Sends a signal; false when there is no such process. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The command line of a living process, or undefined. */
export function commandLineOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : ps(pid, 'command=');
  } catch {
    return undefined;
  }
}

/** A text that stays the same for one process and differs for the next with its pid; undefined when it is gone. */
function beginningOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return ps(pid, 'lstart=');
    // The name in field 2 may hold spaces and brackets; what follows its last bracket is fields 3 and on.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function ps(pid: number, field: string): string | undefined {
  const text = execFileSync('ps', ['-o', field, '-p', String(pid)], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
  return text === '' ? undefined : text;
}
