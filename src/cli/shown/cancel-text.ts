/** What a cancel did, and why there was nothing to be done about a run that has ended. */
import type { ToldRun } from '../client/told-run.ts';
import type { Step } from '../../contract/step.ts';
import { hasEnded } from '../../protocol/status.ts';
import { timeText } from '../terminal/local-time.ts';
import type { Snapshot } from './run-tree.ts';
import { counted, formatAge, formatDuration } from '../terminal/style.ts';
import { hang } from '../terminal/text-width.ts';
import { noWorkerText } from './waiting-text.ts';

/** @param before the cancel was sent @param after it was taken */
export function cancelText(before: Snapshot, after: Snapshot, width = Infinity): string {
  const { run } = after;
  const active = before.steps.filter(isActive).map(({ key }) => key);
  const now = new Map(after.steps.map((step) => [step.key, step]));
  const still = active.filter((key) => isActive(now.get(key)));
  const stopped = active.filter((key) => now.get(key)?.status === 'cancelled');
  const others = active.filter((key) => !still.includes(key) && !stopped.includes(key));
  const idle = before.steps.filter(({ status }) => status === 'pending');
  const left = idle.filter(({ key }) => isOver(now.get(key)?.status)).map(({ key }) => key);
  const asked = (before.run.waiting_for ?? []).filter(({ kind }) => kind === 'question').length;
  const lines: readonly (readonly [string, string])[] = [
    ['stopped', stopped.join(', ')],
    ['being stopped', still.length === 0 ? '' : `${still.join(', ')} (${GRACE})`],
    ['ended first', others.map((key) => `${key} (${now.get(key)?.status ?? 'gone'})`).join(', ')],
    ['not started', left.length === 0 ? '' : `${left.slice(0, MOST).join(', ')}${moreText(left.length)}`],
    ['withdrawn', asked === 0 ? '' : counted(asked, 'open question')],
  ];
  const told = lines.filter(([, text]) => text !== '');
  const name = Math.max(0, ...told.map(([head]) => head.length)) + 2;
  return [
    headText(run, active.length),
    ...told.map(([head, text]) => hang(`  ${head.padEnd(name)}`, text, width, ' '.repeat(name + 2))),
  ].join('\n');
}

/** What the interpreter grants: then it is given up. */
const GRACE = 'may take up to 30 s';
const MOST = 10;
const moreText = (count: number): string => (count > MOST ? ` and ${count - MOST} more` : '');

function headText(run: ToldRun, active: number): string {
  if (!hasEnded(run)) {
    return `${run.id} is being cancelled; ${active === 0 ? 'no step was' : `${counted(active, 'step')} ${active === 1 ? 'was' : 'were'}`} at work`;
  }
  if (run.status === 'cancelled') return `${run.id} is cancelled`;
  return `${run.id} was not cancelled: it has ended before (${run.status})`;
}

/** `review-1 has ended (completed at 14:03:07 CET, 3 min ago): there is nothing to cancel`. */
export function endedText(run: ToldRun, name: string, now: number): string {
  const end = run.completed_at ?? '';
  const ago = formatAge(now - Date.parse(end));
  const by = run.metadata?.ended_by?.by;
  const who = by == null ? '' : ` by ${by}`;
  const took =
    run.started_at === null ? '' : ` after ${formatDuration(Date.parse(end) - Date.parse(run.started_at))}`;
  const hint = name === 'resume' ? `; baton continue ${run.id} goes on with a run that has ended` : '';
  return `${run.id} has ended: ${run.status}${who}${took}, at ${timeText(end, now)} (${ago} ago). There is nothing to ${name} [run_closed]${hint}`;
}

/** `code, train (no worker for gpu) and 3 more`: what has not come to rest. */
export function stillRunning(steps: readonly Step[]): string {
  const running = steps.filter(({ status }) => status === 'running');
  const names = running
    .slice(0, MOST)
    .map(({ key, waiting_for: missing }) => (missing === null ? key : `${key} (${noWorkerText(missing)})`));
  return `${names.join(', ')}${moreText(running.length)}`;
}

const ACTIVE: ReadonlySet<string> = new Set(['running', 'waiting', 'retrying']);
const isActive = (step: Step | undefined): boolean => step !== undefined && ACTIVE.has(step.status);
const isOver = (status: string | undefined): boolean => status === 'cancelled' || status === 'skipped';
