/**
 * A run and its steps as text: the tree of `status` and `--watch`, and the lines that say what changed where none can be
 * drawn.
 */
import { isClosed, type RunJson, type StepJson } from './api-types.ts';
import { lineageTexts, pauseText } from './pause-text.ts';
import { dateText } from './local-time.ts';
import { counted, formatCost, formatDuration, type Paint, type Tone } from './style.ts';
import { cutTo, MIN_ROOM, padTo, widthOf, wrapTo } from './text-width.ts';
import { needText, noWorkerText, retryText, toneOf, waitingCommand, waitingText } from './waiting-text.ts';

/** What the screen shows: one look at the API. */
export interface Snapshot {
  readonly run: RunJson;
  readonly steps: readonly StepJson[];
}

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

const ENDLESS: Room = { width: Infinity, height: Infinity };

/**
 * The tree: a head line, then each step below the steps it waits for (indented by level), with its time, then what the
 * run waits for. No line is longer than the room is wide, and there are no more lines than it is high.
 */
export function renderTree(snapshot: Snapshot, now: number, paint: Paint, room: Room = ENDLESS): string {
  const head = headLines(snapshot, now, paint, room.width);
  const notes = noteLines(snapshot.run, now, paint, room.width);
  const most = Math.max(0, room.height - head.length);
  // The steps at work are worth more than the notes, but something of both is seen.
  const kept = notes.slice(0, Math.max(most - 4, Math.floor(most / 2)));
  return [...head, ...treeLines(snapshot.steps, now, paint, { ...room, height: most - kept.length }), ...kept]
    .slice(0, Number.isFinite(room.height) ? Math.max(1, room.height) : undefined)
    .join('\n');
}

/** The steps alone, in at most so many lines. */
export function treeLines(steps: readonly StepJson[], now: number, paint: Paint, room: Room): string[] {
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

/** Which run, and how it stands. */
export const headLines = (snapshot: Snapshot, now: number, paint: Paint, width: number): string[] =>
  wrapTo(headLine(snapshot, now, paint), width, '  ');

/** What stands below the steps. */
export const noteLines = (run: RunJson, now: number, paint: Paint, width: number): string[] =>
  runNotes(run, now, paint).flatMap((note) => wrapTo(note, width, '  '));

/**
 * What stands below the steps: a pause, other runs in its place, whom it waits for, what somebody has to do.
 *
 * @param now undefined: nothing that changes with the time is told
 */
function runNotes(run: RunJson, now: number | undefined, paint: Paint): string[] {
  const pause =
    run.is_paused && run.pause !== null ? [`  ${paint('yellow', '‖')} ${pauseText(run, now)}`] : [];
  const lineage = lineageTexts(run).map((text) => `  ${paint('cyan', '→')} ${text}`);
  return [...pause, ...lineage, ...waitLines(run, now, paint), ...needLines(run, paint)].map((line) =>
    line.replaceAll('\n', ' '),
  );
}

/** Questions with the command that answers them, and what no step tells of. */
function waitLines(run: RunJson, now: number | undefined, paint: Paint): string[] {
  return (run.waiting_for ?? [])
    .filter(({ kind }) => kind === 'question' || kind === 'hang')
    .map((waiting) => {
      const command = waitingCommand(run, waiting);
      const where = waiting.step === null ? '' : `${waiting.step}: `;
      const hint = command === '' ? '' : paint('bold', `: ${command}`);
      return `  ${paint(toneOf(waiting), '!')} ${where}${waitingText(waiting, now)}${hint}`;
    });
}

/** One line for each step (and the run) whose state differs from the former look. */
export function renderChanges(
  before: Snapshot | undefined,
  after: Snapshot,
  now: number,
  paint: Paint,
): string[] {
  const former = new Map(before?.steps.map((step) => [step.key, step]));
  const changed = after.steps.filter((step) => {
    const old = former.get(step.key);
    if (old === undefined) return step.status !== 'pending';
    const moved = old.status !== step.status || old.attempts.length !== step.attempts.length;
    return moved || old.turns !== step.turns;
  });
  const lines = changed.flatMap((step) => stepLines(step, now, paint, 0, Infinity));
  const known = new Set(before === undefined ? [] : runNotes(before.run, undefined, paint));
  // Without the time that is left, which changes with every look.
  lines.push(...runNotes(after.run, undefined, paint).filter((line) => !known.has(line)));
  const runChanged = before?.run.status !== after.run.status;
  return runChanged ? [...lines, headLine(after, now, paint)] : lines;
}

function headLine({ run, steps }: Snapshot, now: number, paint: Paint): string {
  const { mark, tone } = lookOf(run.is_paused ? 'paused' : run.status);
  const settled = steps.filter((step) => isSettled(step)).length;
  const name = run.version === null ? run.workflow : `${run.workflow}@${run.version}`;
  const parts = [
    paint(tone, `${mark} ${run.is_paused ? 'paused' : run.status}`),
    `${settled}/${counted(steps.length, 'step')}`,
    elapsed(run.started_at ?? run.created_at, run.completed_at, now),
    run.total_tokens > 0 ? `${counted(run.total_tokens, 'token')}, ${formatCost(run.cost_estimate)}` : '',
    run.archived_at === null ? '' : `archived ${dateText(run.archived_at)}`,
  ];
  return `${paint('bold', name)} ${paint('dim', run.id)}  ${parts.filter((part) => part !== '').join(' · ')}`;
}

/** What else somebody has to do so that the run goes on, with the command for it. */
function needLines(run: RunJson, paint: Paint): string[] {
  const asked = new Set(
    (run.waiting_for ?? []).filter(({ kind }) => kind === 'question').map(({ step }) => step),
  );
  const needs = run.needs.filter(({ kind, step }) => kind === 'limit' || !asked.has(step));
  return needs.map(({ step, kind, message: said }) => {
    const message = needText(said);
    const command =
      kind === 'limit' && isClosed(run)
        ? `baton continue ${run.id}${step === null ? '' : ` --step ${step}`} --turns N`
        : `baton answer ${run.id}`;
    const hint = message.includes('baton ') ? '' : `: ${command}`;
    const where = step === null || message.includes(`"${step}"`) ? '' : `${step}: `;
    return `  ${paint('yellow', '!')} ${where}${message}${paint('bold', hint)}`;
  });
}

/** So much of a line the names of steps may take. */
const NAMES = 0.45;

function nameColumn(steps: readonly StepJson[], width: number): number {
  const widest = steps.reduce((most, step) => Math.max(most, step.level * 2 + widthOf(step.key)), 0);
  return Math.min(widest, Number.isFinite(width) ? Math.floor(width * NAMES) : widest);
}

/** @param column how wide the names are; 0: no indent either */
function stepLines(step: StepJson, now: number, paint: Paint, column: number, width: number): string[] {
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

function notesOf(step: StepJson, now: number): string {
  const failed = step.status === 'failed' || step.status === 'retrying' || step.status === 'completed';
  const error = failed ? (step.error ?? lastError(step)) : null;
  return [
    turnsOf(step),
    step.status === 'retrying' ? retryText(failedAttempts(step), step.retry_at, now) : attemptText(step),
    error === null || (step.status === 'completed' && step.error === null) ? '' : firstLine(error.message),
    step.reason ?? '',
    isSettled(step) || step.waiting_for === null ? '' : noWorkerText(step.waiting_for),
  ]
    .filter((note) => note !== '')
    .join(', ');
}

const attemptText = ({ attempts }: StepJson): string =>
  attempts.length > 1 ? `attempt ${attempts.length}` : '';

const failedAttempts = ({ attempts }: StepJson): number =>
  Math.max(1, attempts.filter(({ status }) => status === 'failed').length);

/** `turn 3 of 30, 4120 tokens, $0.0123`, of an agent that has had a turn. */
function turnsOf(step: StepJson): string {
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

const lastError = (step: StepJson): StepJson['error'] =>
  step.attempts.findLast((attempt) => attempt.error !== null)?.error ?? null;

function elapsed(from: string | null, to: string | null, now: number): string {
  if (from === null) return '';
  return formatDuration((to === null ? now : Date.parse(to)) - Date.parse(from));
}

const SETTLED: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped', 'cancelled', 'superseded']);
const isSettled = (step: StepJson): boolean => SETTLED.has(step.status);
const isActive = (step: StepJson): boolean => !isSettled(step) && step.status !== 'pending';

/** Those at work first, then failures, then what fits of the rest; a line is left for the sum of the others. */
function fit(
  steps: readonly StepJson[],
  height: number,
): { shown: ReadonlySet<StepJson>; hidden: readonly StepJson[] } {
  const rank = (step: StepJson) => (isActive(step) ? 0 : step.status === 'failed' ? 1 : 2);
  const shown = new Set(steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, height - 1)));
  return { shown, hidden: steps.filter((step) => !shown.has(step)) };
}

function summary(steps: readonly StepJson[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step.status, (counts.get(step.status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
