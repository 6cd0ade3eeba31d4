/**
 * A run and its steps as text: the tree of `status` and `--watch`, and the lines that say what changed where none can be
 * drawn.
 */
import type { ToldRun } from '../client/told-run.ts';
import type { Step } from '../../contract/step.ts';
import { hasEnded } from '../../protocol/status.ts';
import { holdText, lineageTexts, pauseText } from './pause-text.ts';
import { dateText } from '../terminal/local-time.ts';
import { elapsed, isSettled, lookOf, stepLines, treeLines, type Room } from './step-lines.ts';
import { counted, formatCost, formatDuration, type Paint } from '../terminal/style.ts';
import { cutTo, wrapTo } from '../terminal/text-width.ts';
import { needText, toneOf, waitingCommand, waitingText } from './waiting-text.ts';
import { shellWord } from './shell-word.ts';

/** What the screen shows: one look at the API. */
export interface Snapshot {
  readonly run: ToldRun;
  readonly steps: readonly Step[];
}

const ENDLESS: Room = { width: Infinity, height: Infinity };

/**
 * The tree: a head line, then each step below the steps it waits for (indented by level), with its time, then what the
 * run waits for. No line is longer than the room is wide, and there are no more lines than it is high.
 */
export function renderTree(snapshot: Snapshot, now: number, paint: Paint, room: Room = ENDLESS): string {
  const head = headLines(snapshot, now, paint, room.width);
  const most = Math.max(0, room.height - head.length);
  const notes = fittingNotes(runNotes(snapshot.run, now, paint), most, room.width);
  const steps = treeLines(snapshot.steps, now, paint, { ...room, height: most - notes.length });
  return [...head, ...steps, ...notes].slice(0, Math.max(1, room.height)).join('\n');
}

/** The steps at work are worth more than the notes, but something of both is seen; a note is seen whole or in a line. */
function fittingNotes(notes: readonly string[], height: number, width: number): string[] {
  const room = Math.max(height - 4, Math.floor(height / 2));
  const lines: string[] = [];
  for (const note of notes) {
    const whole = wrapTo(note, width, '  ');
    const fitting = lines.length + whole.length <= room ? whole : [cutTo(note, width)];
    if (lines.length + fitting.length <= room) lines.push(...fitting);
  }
  return lines;
}

/** Which run, and how it stands. */
export const headLines = (snapshot: Snapshot, now: number, paint: Paint, width: number): string[] =>
  wrapTo(headLine(snapshot, now, paint), width, '  ');

/** What stands below the steps. */
export const noteLines = (run: ToldRun, now: number, paint: Paint, width: number): string[] =>
  runNotes(run, now, paint).flatMap((note) => wrapTo(note, width, '  '));

/**
 * What stands below the steps: a pause, other runs in its place, whom it waits for, what somebody has to do.
 *
 * @param now undefined: nothing that changes with the time is told
 */
function runNotes(run: ToldRun, now: number | undefined, paint: Paint): string[] {
  const pause =
    run.is_paused && run.pause !== null ? [`  ${paint('yellow', '‖')} ${pauseText(run, now)}`] : [];
  const hold = holdText(run);
  if (hold !== null) pause.push(`  ${paint('yellow', '‖')} ${hold}`);
  const lineage = lineageTexts(run).map((text) => `  ${paint('cyan', '→')} ${text}`);
  return [...pause, ...lineage, ...waitLines(run, now, paint), ...needLines(run, paint)].map((line) =>
    line.replaceAll('\n', ' '),
  );
}

/** Questions with the command that answers them, and what no step tells of. */
function waitLines(run: ToldRun, now: number | undefined, paint: Paint): string[] {
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
    timesText(run, now),
    run.total_tokens > 0 ? `${counted(run.total_tokens, 'token')}, ${formatCost(run.cost_estimate)}` : '',
    run.imported == null ? '' : 'imported',
    goneText(run),
  ];
  return `${paint('bold', name)} ${paint('dim', run.id)}  ${parts.filter((part) => part !== '').join(' · ')}`;
}

function goneText({ archived_at: archived, discarded_at: discarded }: ToldRun): string {
  if (typeof discarded === 'string') return `discarded ${dateText(discarded)}`;
  return archived === null ? '' : `archived ${dateText(archived)}`;
}

/** Less is not worth a figure of its own. */
const REST_MS = 1_000;

/** The time since its start, and of it that in which it worked, where that is another. */
function timesText(run: ToldRun, now: number): string {
  const wall = elapsed(run.started_at ?? run.created_at, run.completed_at, now);
  const { active_seconds: active, started_at: from, completed_at: to } = run;
  if (active == null || from === null) return wall;
  const rest = (to === null ? now : Date.parse(to)) - Date.parse(from) - active * 1000;
  return rest < REST_MS ? wall : `${wall} (${formatDuration(active * 1000)} at work)`;
}

/** What else somebody has to do so that the run goes on, with the command for it. */
function needLines(run: ToldRun, paint: Paint): string[] {
  const asked = new Set(
    (run.waiting_for ?? []).filter(({ kind }) => kind === 'question').map(({ step }) => step),
  );
  const needs = run.needs.filter(({ kind, step }) => kind === 'limit' || !asked.has(step));
  return needs.map(({ step, kind, message: said }) => {
    const message = needText(said);
    const command =
      kind === 'limit' && hasEnded(run)
        ? `baton continue ${run.id}${step === null ? '' : ` --step ${shellWord(step)}`} --turns N`
        : `baton answer ${run.id}`;
    const hint = message.includes('baton ') ? '' : `: ${command}`;
    const where = step === null || message.includes(`"${step}"`) ? '' : `${step}: `;
    return `  ${paint('yellow', '!')} ${where}${message}${paint('bold', hint)}`;
  });
}
