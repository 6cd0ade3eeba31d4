/** The steps of a run as lines, each below the steps it waits for, with its time and what holds it up. */
import type { Attempt, Step } from '../../contract/step.ts';
import { counted, formatCost, formatDuration, type Paint, type Tone } from '../terminal/style.ts';
import { cutTo, MIN_ROOM, padTo, widthOf, wrapTo } from '../terminal/text-width.ts';
import { noWorkerText, retryText } from './waiting-text.ts';

interface Look {
  readonly mark: string;
  readonly tone: Tone;
}

const LOOKS: Readonly<Record<string, Look>> = {
  pending: { mark: '·', tone: 'dim' },
  running: { mark: '▶', tone: 'cyan' },
  waiting: { mark: '◷', tone: 'cyan' },
  retrying: { mark: '↻', tone: 'yellow' },
  paused: { mark: '‖', tone: 'yellow' },
  completed: { mark: '✓', tone: 'green' },
  failed: { mark: '✗', tone: 'red' },
  timed_out: { mark: '✗', tone: 'red' },
  terminated: { mark: '✗', tone: 'red' },
  skipped: { mark: '↷', tone: 'dim' },
  cancelled: { mark: '⊘', tone: 'yellow' },
  superseded: { mark: '⊘', tone: 'dim' },
};
const UNKNOWN: Look = { mark: '?', tone: 'dim' };

/** The mark and the colour of a status. */
export const lookOf = (status: string): Look => LOOKS[status] ?? UNKNOWN;

/** Where a tree is drawn. */
export interface Room {
  /** Cells of a line. */
  readonly width: number;
  /** Most lines; where there are more steps, settled and pending ones are summed up. */
  readonly height: number;
}

/** The steps alone, in at most so many lines. */
export function treeLines(steps: readonly Step[], now: number, paint: Paint, room: Room): string[] {
  const column = nameColumn(steps, room.width);
  const drawn = steps.map((step) => ({ step, lines: stepLines(step, now, paint, column, room.width) }));
  const whole = drawn.flatMap(({ lines }) => lines);
  if (whole.length <= room.height) return whole;
  const { shown, hidden } = fit(steps, room.height);
  const lines = steps
    .filter((step) => shown.has(step))
    .map((step) =>
      cutTo(stepLines(step, now, paint, nameColumn([...shown], room.width), Infinity)[0] ?? '', room.width),
    );
  return [...lines, paint('dim', cutTo(`  … ${summary(hidden)}`, room.width))].slice(
    0,
    Math.max(0, room.height),
  );
}

/** So much of a line the names of steps may take. */
const NAMES = 0.45;

function nameColumn(steps: readonly Step[], width: number): number {
  const widest = steps.reduce((most, step) => Math.max(most, step.level * 2 + widthOf(step.key)), 0);
  return Math.min(widest, Number.isFinite(width) ? Math.floor(width * NAMES) : widest);
}

/** @param column how wide the names are; 0: no indent either */
export function stepLines(step: Step, now: number, paint: Paint, column: number, width: number): string[] {
  const { mark, tone } = lookOf(step.status);
  // Deep plans must leave room for the names.
  const indent = column === 0 ? '' : '  '.repeat(Math.min(step.level, Math.floor(column / 4)));
  const time = elapsed(step.started_at, step.completed_at, now);
  const name = padTo(`${indent}${step.key}`, column);
  const facts = `${step.status.padEnd(9)} ${time.padStart(8)}`;
  const notes = notesOf(step, now);
  const head = `  ${paint(tone, mark)} ${name}  ${paint('dim', facts)}`;
  if (notes === '') return wrapTo(head.trimEnd(), width, '    ');
  const room = width - widthOf(head) - 2;
  if (room >= Math.min(MIN_ROOM, widthOf(notes))) {
    const [first = '', ...more] = wrapTo(notes, room);
    const below = more.map((line) => `${' '.repeat(widthOf(head) + 2)}${paint('dim', line)}`);
    return [`${head}  ${paint('dim', first)}`, ...below];
  }
  const own = ' '.repeat(6);
  return [
    ...wrapTo(head.trimEnd(), width, '    '),
    ...wrapTo(`${own}${notes}`, width).map((line) => paint('dim', line)),
  ];
}

function notesOf(step: Step, now: number): string {
  const failed = step.status === 'failed' || step.status === 'retrying' || step.status === 'completed';
  const error = failed ? (step.error ?? lastError(step)) : null;
  return [
    turnsOf(step),
    revisionText(step),
    step.status === 'retrying' ? retryText(failedAttempts(step), step.retry_at, now) : attemptText(step),
    error === null || (step.status === 'completed' && step.error === null) ? '' : firstLine(error.message),
    step.reason ?? '',
    heldText(step),
    isSettled(step) || step.waiting_for === null ? '' : noWorkerText(step.waiting_for),
  ]
    .filter((note) => note !== '')
    .join(', ');
}

function heldText({ held }: Step): string {
  if (held === null) return '';
  const why = held.reason === null ? '' : `: ${firstLine(held.reason)}`;
  return `held${held.by === null ? '' : ` by ${held.by}`}${why}`;
}

/** Of a step that has begun since somebody edited the plan. */
const revisionText = ({ revision }: Step): string =>
  revision === null || revision === 0 ? '' : `plan revision ${revision}`;

const attemptText = ({ attempts }: Step): string => (attempts.length > 1 ? `attempt ${attempts.length}` : '');

const failedAttempts = ({ attempts }: Step): number =>
  Math.max(1, attempts.filter(({ status }) => status === 'failed').length);

/** `turn 3 of 30, 4120 tokens, $0.0123`, of an agent that has had a turn. */
function turnsOf(step: Step): string {
  if (step.turns === 0 && step.segments.length === 0) return '';
  const segment = step.segments.at(-1);
  const most = segment?.max_turns ?? null;
  const turns = most === null ? counted(step.turns, 'turn') : `turn ${segment?.turns ?? 0} of ${most}`;
  const tokens =
    step.total_tokens > 0
      ? `, ${counted(step.total_tokens, 'token')}, ${formatCost(step.cost_estimate)}`
      : '';
  return `${turns}${tokens}`;
}

const lastError = (step: Step): Attempt['error'] =>
  step.attempts.findLast((attempt) => attempt.error !== null)?.error ?? null;

export function elapsed(from: string | null, to: string | null, now: number): string {
  if (from === null) return '';
  return formatDuration((to === null ? now : Date.parse(to)) - Date.parse(from));
}

const SETTLED: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped', 'cancelled', 'superseded']);
export const isSettled = (step: Step): boolean => SETTLED.has(step.status);
const isActive = (step: Step): boolean => !isSettled(step) && step.status !== 'pending';

/** Those at work first, then failures, then what fits of the rest; a line is left for the sum of the others. */
function fit(steps: readonly Step[], height: number): { shown: ReadonlySet<Step>; hidden: readonly Step[] } {
  const rank = (step: Step) => (isActive(step) ? 0 : step.status === 'failed' ? 1 : 2);
  const shown = new Set(steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, height - 1)));
  return { shown, hidden: steps.filter((step) => !shown.has(step)) };
}

function summary(steps: readonly Step[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step.status, (counts.get(step.status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
