/** Colours on a terminal that wants them, plain text elsewhere; durations and money for people. */
import { styleText } from 'node:util';

export type Tone = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_, text) => text;
const coloured: Paint = (tone, text) => styleText(tone, text, { validateStream: false });

/** NO_COLOR and a stream that is no terminal mean plain. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' ? coloured : plain;
}

/** `340 ms`, `4.2 s`, `3 min 5 s`, `2 h 7 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** Micro-dollars; an unknown price is said to be unknown. */
export function formatCost(microDollars: number | null): string {
  return microDollars === null ? 'cost unknown' : `$${(microDollars / 1_000_000).toFixed(4)}`;
}
