/** A run as `baton status` tells it: who, when, with what, how far it is, what it waits for, and what went wrong. */
import type { ToldRun } from '../client/told-run.ts';
import type { Step } from '../../contract/step.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { timeText } from '../terminal/local-time.ts';
import { headLines, noteLines, type Snapshot } from './run-tree.ts';
import { treeLines } from './step-lines.ts';
import { counted, formatAge, formatDuration, type Paint } from '../terminal/style.ts';
import { cutTo, hang, wrapTo } from '../terminal/text-width.ts';

export interface Shown {
  readonly now: number;
  readonly paint: Paint;
  /** Cells of a line. */
  readonly width: number;
  /** Messages that no agent has read. */
  readonly unread: number;
  /** Where Temporal's own page shows it; null: unknown. */
  readonly temporalUrl: string | null;
}

export function statusText(snapshot: Snapshot, shown: Shown): string {
  const { run, steps } = snapshot;
  const { now, paint, width } = shown;
  const facts = [...factsOf(run, shown)].map(([name, text]) => {
    // An address that is broken leads nowhere.
    const room = text === shown.temporalUrl ? Infinity : width;
    return hang(`  ${paint('dim', name.padEnd(NAME))}`, text, room, ' '.repeat(NAME + 2));
  });
  return [
    ...headLines(snapshot, now, paint, width),
    ...facts,
    ...treeLines(steps, now, paint, { width, height: Infinity }),
    ...noteLines(run, now, paint, width),
    ...[...endings(snapshot, shown)].flatMap((line) => wrapTo(line, width, '    ')),
  ].join('\n');
}

const NAME = 9;
/** Of an input in the line of all. */
const INPUT_CHARS = 60;

function* factsOf(run: ToldRun, { now, temporalUrl }: Shown): Generator<readonly [string, string]> {
  yield ['created', createdText(run, now)];
  if (run.started_at !== null) yield ['started', startedText(run, now)];
  if (run.completed_at !== null) yield ['ended', endedText(run, now)];
  const inputs = membersText(run.inputs);
  if (inputs !== '') yield ['inputs', inputs];
  const labels = Object.entries(run.labels).map(([name, value]) => `${name}=${value}`);
  if (labels.length > 0) yield ['labels', labels.join(', ')];
  if (run.epoch > 0) yield ['branch', `${run.epoch} (continued or restored ${counted(run.epoch, 'time')})`];
  if (run.imported != null) yield ['imported', importedText(run.imported, now)];
  const { workflow_id: id, run_id: execution } = run.execution;
  const there = run.imported == null ? temporalUrl : null;
  yield ['temporal', there ?? `workflow ${id}, execution ${execution}`];
}

function importedText({ from, at }: NonNullable<ToldRun['imported']>, now: number): string {
  return `${timeText(at, now)} from ${from}: it can only be read`;
}

function createdText(run: ToldRun, now: number): string {
  if (run.created_at === null) return 'not yet known';
  const by = run.metadata?.started_by;
  const who = by === undefined ? '' : ` by ${by}`;
  return `${timeText(run.created_at, now)}${who} (${formatAge(now - Date.parse(run.created_at))} ago)`;
}

function startedText({ created_at: created, started_at: started }: ToldRun, now: number): string {
  const at = started ?? '';
  const waited = created === null ? 0 : Date.parse(at) - Date.parse(created);
  return `${timeText(at, now)}${waited >= 1_000 ? `, after ${formatDuration(waited)}` : ''}`;
}

function endedText(run: ToldRun, now: number): string {
  const { created_at: created, started_at: started, completed_at: ended } = run;
  const end = ended ?? '';
  const from = started ?? created;
  const took = from === null ? '' : `, after ${formatDuration(Date.parse(end) - Date.parse(from))}`;
  const reason = run.terminal_reason;
  const why = reason === null || reason === run.status ? '' : `: ${reason}`;
  return `${timeText(end, now)}${took}${why}`;
}

/** `depth=3, diff="@@ -1 …"`: each in a few words. */
function membersText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([name, member]: [string, unknown]) => `${name}=${shortText(member)}`)
    .join(', ');
}

function shortText(value: unknown): string {
  if (typeof value === 'object' && value !== null && '$blob' in value) {
    return 'bytes' in value ? `(${String(value.bytes)} bytes)` : '(stored apart)';
  }
  return cutTo(writeJson(value), INPUT_CHARS);
}

function* endings({ run, steps }: Snapshot, { unread }: Shown): Generator<string> {
  if (unread > 0) {
    const messages = unread === 1 ? '1 message waits' : `${unread} messages wait`;
    yield `  ✉ ${messages} to be read: baton thread ${run.id} --status pending`;
  }
  const failures = steps.flatMap(failuresOf);
  if (failures.length > 0) {
    yield '';
    yield 'failed attempts:';
    for (const failure of failures) yield `  ${failure}`;
  }
  if (run.error !== null && run.lineage?.redirected_to === undefined) {
    yield '';
    yield `error: ${run.error.message} [${run.error.type}]`;
  }
  if (run.archived_at !== null) {
    yield '';
    yield typeof run.discarded_at === 'string'
      ? 'its steps, events and messages were discarded, as the retention of its definition says'
      : 'its steps, events and messages are in an archive: baton maintain --import FILE brings them back';
  }
}

function failuresOf(step: Step): string[] {
  return (
    step.attempts
      // What was stopped with its run says so beside its step.
      .filter(({ error }) => error !== null && error.type !== 'cancelled')
      .flatMap(({ attempt, error }) => [
        `${step.key}#${attempt}: ${error?.type}: ${error?.message}`,
        ...tailLines(error?.stderr_tail, error?.message),
        ...tailLines(error?.stdout_tail, error?.message),
      ])
  );
}

/** The last lines of what a command wrote, but for what its message says already. */
function tailLines(tail = '', message = ''): readonly string[] {
  const lines = tail.trimEnd().split('\n');
  const told = lines.length === 1 && message.endsWith(lines[0]?.trim() ?? '');
  return told ? [] : lines.slice(-TAIL_LINES).map((line) => `  | ${line.slice(0, TAIL_CHARS)}`);
}

const TAIL_LINES = 3;
const TAIL_CHARS = 200;
