/** What processes have consumed, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in which Linux counts. */
const TICKS = 100;

interface Process {
  readonly parent: number;
  /** Its own time and that of children that have ended, in seconds. */
  readonly seconds: number;
}

/** Seconds of processor time of a process and all below it, those that have ended included. */
export function cpuSeconds(pid: number): number {
  const all = processes();
  const below = (id: number): number =>
    (all.get(id)?.seconds ?? 0) +
    [...all].filter(([, { parent }]) => parent === id).reduce((sum, [child]) => sum + below(child), 0);
  return below(pid);
}

/** Memory that a process holds, in MB; without that of processes below it. */
export function residentMb(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

function processes(): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      // The name before it may hold anything but a newline.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
      found.set(pid, { parent: Number(fields[1]), seconds });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}
