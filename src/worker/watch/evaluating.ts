/**
 * The expression that a thread evaluates at this moment, in memory that other threads can read while that one hangs.
 * A long source is cut; what is read while it is written may be garbled.
 */
import type { EvaluationWatcher } from '../../expressions/index.ts';

/** In UTF-16 code units; the first unit of the memory is the length. */
const LONGEST = 400;

export function evaluatingMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * (LONGEST + 1));
}

/** For a thread whose evaluations are to be seen. */
export function writerInto(memory: SharedArrayBuffer): EvaluationWatcher {
  const units = new Uint16Array(memory);
  return (source) => writeSource(units, source);
}

/** Its text is also code of the workflow threads: it uses nothing but its arguments. */
export function writeSource(units: Uint16Array, source: string | null): void {
  const length = source === null ? 0 : Math.min(source.length, units.length - 1);
  for (let at = 0; source !== null && at < length; at++) units[at + 1] = source.charCodeAt(at);
  units[0] = length;
}

/** null: that thread evaluates nothing. */
export function readEvaluating(memory: SharedArrayBuffer): string | null {
  const [length = 0, ...units] = new Uint16Array(memory);
  return length === 0 ? null : String.fromCharCode(...units.slice(0, length));
}
