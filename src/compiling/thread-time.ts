/**
 * The time that one thread of this process was given, seen from another one.
 *
 * Linux counts it for each thread. Elsewhere the process's own time stands for it, which is never less.
 */
import { readFileSync, readlinkSync } from 'node:fs';

/** Names the thread that asks, for {@link timeOf}; null where the system counts no threads. */
export function thisThread(): string | null {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return null;
  }
}

/** In ms, by now. */
export function timeOf(thread: string | null): number {
  return (thread === null ? null : countedBySystem(thread)) ?? countedForProcess();
}

/** The first of the three numbers: ns on a processor (https://docs.kernel.org/scheduler/sched-stats.html). */
function countedBySystem(thread: string): number | null {
  try {
    const [ns] = readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ');
    return Number(ns) / 1_000_000;
  } catch {
    return null;
  }
}

function countedForProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
