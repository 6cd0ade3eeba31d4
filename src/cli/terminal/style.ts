/** Colours on a terminal that wants them, plain text elsewhere; durations and money for people. */
import { styleText } from 'node:util';
import { safeText } from '../../log/safe-text.ts';
import { dollarsOf } from '../../protocol/money.ts';

const TONES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const;
export type Tone = (typeof TONES)[number];
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_, text) => text;
/** Marked only: {@link terminalText} makes colours of the marks, once everything else that acts on a terminal is gone. */
const coloured: Paint = (tone, text) => `${OPEN[tone]}${text}${CLOSE}`;

/** Characters that are none (Unicode's noncharacters): what users write in them can become nothing but a colour. */
const OPEN: Readonly<Record<Tone, string>> = {
  bold: '\ufdd0',
  dim: '\ufdd1',
  red: '\ufdd2',
  green: '\ufdd3',
  yellow: '\ufdd4',
  cyan: '\ufdd5',
};
const CLOSE = '\ufdd6';
const MARKED = /([\ufdd0-\ufdd5])([^\ufdd0-\ufdd6]*)\ufdd6?|\ufdd6/g;

/** A text as a terminal, or whatever stands in its place, may get it: no control characters but our own colours. */
export function terminalText(text: string): string {
  return safeText(text).replace(MARKED, (_, mark: string | undefined, inner: string | undefined) => {
    const tone = TONES.find((one) => OPEN[one] === mark);
    const text = inner ?? '';
    return tone === undefined ? text : styleText(tone, text, { validateStream: false });
  });
}

/** The text without its marks of colour, as it is measured. */
export const withoutMarks = (text: string): string => text.replaceAll(/[\ufdd0-\ufdd6]/g, '');

/** What ends the colour in which a text stops that was cut. */
export const endOfMark = (text: string): string => (/[\ufdd0-\ufdd5][^\ufdd6]*$/.test(text) ? CLOSE : '');

/** NO_COLOR and a stream that is no terminal mean plain. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' ? coloured : plain;
}

/** `340 ms`, `4.2 s`, `3 min 5 s`, `2 h 7 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3_600) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** How long ago, or how long something takes, in one figure: `40 s`, `12 min`, `3 h`, `5 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** `1 step`, `3 steps`. */
export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}

/** Micro-dollars; an unknown price is said to be unknown. */
export function formatCost(microDollars: number | null): string {
  return microDollars === null ? 'cost unknown' : `$${dollarsOf(microDollars).toFixed(4)}`;
}

/** `812 B`, `3.4 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? 'B'}`;
}
