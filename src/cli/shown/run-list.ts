/** Runs as a table: who waits for whom, how far each is, what it cost. On a terminal with marks and colours. */
import type { ToldRun } from '../client/told-run.ts';
import { hasEnded } from '../../protocol/status.ts';
import { fitTable, type Column } from '../terminal/fit-table.ts';
import { dateTimeText, zoneName } from '../terminal/local-time.ts';
import { lookOf } from './step-lines.ts';
import { counted, formatAge, formatCost, formatDuration, type Paint } from '../terminal/style.ts';
import { toneOf, waitingText } from './waiting-text.ts';

export interface Shown {
  readonly now: number;
  readonly paint: Paint;
  /** Cells of a line. */
  readonly width: number;
}

export function runList(runs: readonly ToldRun[], shown: Shown): string {
  if (runs.length === 0) return 'no runs';
  return fitTable(
    columns(),
    runs.map((run) => rowOf(run, shown)),
    shown.width,
    SENTENCE,
  );
}

/** Whole sentences are read badly in less. */
const SENTENCE = 44;

/** The id begins with the workflow's name unless somebody chose it; the age stands for the date. */
const columns = (): readonly Column[] => [
  { head: 'RUN' },
  { head: 'WORKFLOW', drop: 4 },
  { head: 'STATUS' },
  { head: `CREATED (${zoneName()})`, drop: 3 },
  { head: 'AGE', side: 'right' },
  { head: 'TIME', side: 'right', drop: 2 },
  { head: 'COST', side: 'right', drop: 1 },
  { head: 'NOW' },
];

function rowOf(run: ToldRun, { now, paint }: Shown): string[] {
  const status = run.is_paused ? 'paused' : run.status;
  const { tone } = lookOf(status);
  const created = run.created_at;
  return [
    run.id,
    run.version === null ? run.workflow : `${run.workflow}@${run.version}`,
    paint(tone, status),
    created === null ? '' : dateTimeText(created),
    created === null ? '' : formatAge(now - Date.parse(created)),
    timeOf(run, now),
    run.total_tokens === 0 && (run.cost_estimate ?? 0) === 0 ? '' : costOf(run),
    nowText(run, now, paint),
  ];
}

const costOf = (run: ToldRun): string =>
  run.cost_estimate === null ? 'unknown' : formatCost(run.cost_estimate);

function timeOf(run: ToldRun, now: number): string {
  if (run.started_at === null) return '';
  const end = run.completed_at === null ? now : Date.parse(run.completed_at);
  return formatDuration(end - Date.parse(run.started_at));
}

/** Of an open run what it waits for and does; of one that ended badly, why. */
function nowText(run: ToldRun, now: number, paint: Paint): string {
  const waits = run.waiting_for ?? [];
  const told = waits.slice(0, MOST).map((waiting) => {
    const where = waiting.step === null ? '' : `${waiting.step}: `;
    return paint(toneOf(waiting), `${where}${waitingText(waiting, now)}`);
  });
  const more = waits.length > MOST ? [`and ${waits.length - MOST} more`] : [];
  const waiting = new Set(waits.map(({ step }) => step));
  const parts = [...told, ...more, workText(run, waiting), endText(run)].filter((part) => part !== '');
  return parts.join(' · ');
}

/** So many things that a run waits for are told. */
const MOST = 3;
/** So many steps at work are named. */
const NAMED = 3;

/** `2/5, at parse, audit and 3 more`; of a paused run how many steps have not come to rest. */
function workText({ progress, pause }: ToldRun, waiting: ReadonlySet<string | null>): string {
  if (progress == null || progress.total === 0) return '';
  const { total, settled, active, current } = progress;
  const done = `${settled}/${total}`;
  if (pause !== null) {
    const ending = pause.busy - pause.drained;
    return ending > 0 ? `${done}, ${counted(ending, 'step')} still to come to rest` : done;
  }
  const working = current.filter((key) => !waiting.has(key));
  const unnamed = active - current.length + Math.max(0, working.length - NAMED);
  const at = working.length === 0 ? '' : `, at ${working.slice(0, NAMED).join(', ')}`;
  return `${done}${at}${unnamed > 0 ? ` and ${unnamed} more` : ''}`;
}

function endText(run: ToldRun): string {
  if (!hasEnded(run)) return '';
  const successor = run.lineage?.redirected_to;
  if (successor !== undefined) return `redirected to ${successor}`;
  if (run.error === null || run.waiting_for?.some(({ kind }) => kind === 'limit') === true) return '';
  const [line = ''] = run.error.message.split('\n');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
