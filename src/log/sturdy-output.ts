/**
 * Where log lines go: a file descriptor, written at once, so that the last line before an end is there too.
 *
 * Writing never throws, and waits for a slow reader of a pipe a moment at most. A line that cannot be written (disk full,
 * reader gone, pipe full) is dropped and counted; the first line that finds room again comes after one that says how
 * many were lost.
 */
import { writeSync } from 'node:fs';

export interface SturdyOutput {
  write(line: string): void;
}

/** A full pipe is waited for, at most so long in all; once lines are being lost, not at all. */
const PATIENCE_MS = 100;
const PAUSE_MS = 5;

/** Writes all that it can of the bytes; answers how many. @throws what the file system says about the first of them */
type Write = (bytes: Uint8Array) => number;

/** A destination for pino. @param write for tests */
export function sturdyOutput(
  descriptor: number,
  write: Write = (b) => writeSync(descriptor, b),
): SturdyOutput {
  let lost = 0;
  let reason = '';
  /** The last line broke off in the middle. */
  let isTorn = false;

  const put = (line: string): boolean => {
    let rest = Buffer.from(line);
    for (let waited = 0; rest.length > 0;) {
      try {
        const written = write(rest);
        isTorn = written < rest.length;
        rest = rest.subarray(written);
      } catch (error) {
        reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
        if (reason !== 'EAGAIN' || lost > 0 || waited >= PATIENCE_MS) return false;
        pause(PAUSE_MS);
        waited += PAUSE_MS;
      }
    }
    return true;
  };

  return {
    write: (line) => {
      if (lost > 0) {
        if (!put(`${isTorn ? '\n' : ''}${lossLine(lost, reason)}`)) {
          lost += 1;
          return;
        }
        lost = 0;
      }
      if (!put(line)) lost += 1;
    },
  };
}

/** Level 40 is pino's `warn`. */
function lossLine(lost: number, reason: string): string {
  return `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, lost, reason, msg: 'log lines were lost' })}\n`;
}

/** Stands still: whoever writes at once has no other way to wait. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
