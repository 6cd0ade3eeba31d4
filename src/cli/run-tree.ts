/** A run and its steps as text: the live tree of `--watch`, and the lines that say what changed where none can be drawn. */
import { isClosed, type RunJson, type StepJson } from './api-types.ts';
import { holdText, lineageTexts, pauseText } from './pause-text.ts';
import { formatCost, formatDuration, type Paint, type Tone } from './style.ts';

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
const lookOf = (status: string): Look => LOOKS[status] ?? UNKNOWN;

/**
 * The tree: a head line, then each step below the steps it waits for (indented by level), with its time.
 *
 * @param height Most lines; when there are more steps, settled and pending ones are summed up.
 */
export function renderTree(snapshot: Snapshot, now: number, paint: Paint, height = Infinity): string {
  const notes = runNotes(snapshot.run, now, paint);
  const steps = fit(snapshot.steps, height - 2 - notes.length);
  const width = Math.max(0, ...steps.shown.map((step) => step.level * 2 + step.key.length));
  const lines = steps.shown.map((step) => stepLine(step, now, paint, width));
  if (steps.hidden.length > 0) lines.push(paint('dim', `  … ${summary(steps.hidden)}`));
  return [headLine(snapshot, now, paint), ...lines, ...notes].join('\n');
}

/** What stands below the steps: a pause, other runs in its place, what somebody has to do. */
function runNotes(run: RunJson, now: number | undefined, paint: Paint): string[] {
  const pause =
    run.is_paused && run.pause !== null ? [`  ${paint('yellow', '‖')} ${pauseText(run, now)}`] : [];
  const hold = holdText(run);
  if (hold !== null) pause.push(`  ${paint('yellow', '‖')} ${hold}`);
  const lineage = lineageTexts(run).map((text) => `  ${paint('cyan', '→')} ${text}`);
  return [...pause, ...lineage, ...needLines(run, paint)].map((line) => line.replaceAll('\n', ' '));
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
  const lines = changed.map((step) => stepLine(step, now, paint, 0));
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
    `${settled}/${steps.length} steps`,
    timesText(run, now),
    run.total_tokens > 0 ? `${run.total_tokens} tokens, ${formatCost(run.cost_estimate)}` : '',
    run.archived_at === null ? '' : `archived ${run.archived_at.slice(0, 10)}`,
  ];
  return `${paint('bold', name)} ${paint('dim', run.id)}  ${parts.filter((part) => part !== '').join(' · ')}`;
}

/** Less is not worth a figure of its own. */
const REST_MS = 1_000;

/** The time since its start, and of it that in which it worked, where that is another. */
function timesText(run: RunJson, now: number): string {
  const wall = elapsed(run.started_at ?? run.created_at, run.completed_at, now);
  const { active_seconds: active, started_at: from, completed_at: to } = run;
  if (active == null || from === null) return wall;
  const rest = (to === null ? now : Date.parse(to)) - Date.parse(from) - active * 1000;
  return rest < REST_MS ? wall : `${wall} (${formatDuration(active * 1000)} at work)`;
}

/** What somebody has to do so that the run goes on, with the command for it. */
function needLines(run: RunJson, paint: Paint): string[] {
  return run.needs.map(({ step, kind, message }) => {
    const command =
      kind === 'limit' && isClosed(run)
        ? `baton continue ${run.id}${step === null ? '' : ` --step ${step}`} --turns N`
        : `baton answer ${run.id}`;
    const hint = message.includes('baton ') ? '' : `: ${command}`;
    const where = step === null || message.includes(`"${step}"`) ? '' : `${step}: `;
    return `  ${paint('yellow', '!')} ${where}${message.replaceAll('\n', ' ')}${paint('bold', hint)}`;
  });
}

function stepLine(step: StepJson, now: number, paint: Paint, width: number): string {
  const { mark, tone } = lookOf(step.status);
  const indent = width === 0 ? '' : '  '.repeat(step.level);
  const name = `${indent}${step.key}`.padEnd(width);
  const time = elapsed(step.started_at, step.completed_at, now);
  const notes = notesOf(step);
  return `  ${paint(tone, mark)} ${name}  ${paint('dim', `${step.status.padEnd(9)} ${time.padStart(8)}`)}${
    notes === '' ? '' : `  ${paint('dim', notes)}`
  }`.trimEnd();
}

function notesOf(step: StepJson): string {
  const failed = step.status === 'failed' || step.status === 'retrying' || step.status === 'completed';
  const error = failed ? (step.error ?? lastError(step)) : null;
  return [
    turnsOf(step),
    step.attempts.length > 1 ? `attempt ${step.attempts.length}` : '',
    error === null || (step.status === 'completed' && step.error === null) ? '' : firstLine(error.message),
    step.reason ?? '',
    isSettled(step) ? '' : (step.waiting_for ?? ''),
  ]
    .filter((note) => note !== '')
    .join(', ');
}

/** `turn 3 of 30, 4120 tokens, $0.0123`, of an agent that has had a turn. */
function turnsOf(step: StepJson): string {
  if (step.turns === 0 && step.segments.length === 0) return '';
  const segment = step.segments.at(-1);
  const most = segment?.max_turns ?? null;
  const turns = most === null ? `${step.turns} turns` : `turn ${segment?.turns ?? 0} of ${most}`;
  const tokens =
    step.total_tokens > 0 ? `, ${step.total_tokens} tokens, ${formatCost(step.cost_estimate)}` : '';
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

/** All of them when they fit; else those at work first, then failures, then what fits of the rest. */
function fit(
  steps: readonly StepJson[],
  room: number,
): { shown: readonly StepJson[]; hidden: readonly StepJson[] } {
  if (steps.length <= room) return { shown: steps, hidden: [] };
  const rank = (step: StepJson) => (isActive(step) ? 0 : step.status === 'failed' ? 1 : 2);
  const chosen = new Set(steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room - 1)));
  return {
    shown: steps.filter((step) => chosen.has(step)),
    hidden: steps.filter((step) => !chosen.has(step)),
  };
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
