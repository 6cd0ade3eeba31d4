/** Checkpoints in words, and what would become of a run that is set back to one. Pure. */
import type {
  Checkpoint,
  CheckpointDetail,
  ForkPreview,
  RestorePreview,
} from '../../../contract/checkpoint.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { table } from '../../terminal/output.ts';
import { counted, formatCost } from '../../terminal/style.ts';
import { widthFor } from '../../terminal/text-width.ts';

const MOST_NAMED = 5;

/** The newest first, as they come. */
export function checkpointsText(
  checkpoints: readonly Checkpoint[],
  width = widthFor(process.stdout),
): string {
  if (checkpoints.length === 0) return 'no checkpoint yet: no step has settled';
  const rows = checkpoints.map((one) => [
    `cp-${one.number}`,
    dateTimeText(one.at),
    String(one.epoch),
    one.reason,
    String(one.steps_settled ?? '-'),
    formatCost(one.cost_estimate),
    whatOf(one),
  ]);
  return table(['CHECKPOINT', 'AT', 'EPOCH', 'REASON', 'SETTLED', 'COST', 'WHAT'], rows, width);
}

export function checkpointText(one: CheckpointDetail): string {
  const { changes } = one;
  const after = one.parent === null ? 'the first' : `after cp-${one.parent}`;
  const at = `${dateTimeText(one.at)} ${zoneName(new Date(one.at))}`;
  const head = `cp-${one.number} of ${one.run_id}, ${after}: ${whatOf(one) || one.reason}; ${at}`;
  const since =
    changes.since === one.parent
      ? 'since then'
      : `since ${changes.since === null ? 'the beginning' : `cp-${changes.since}`}`;
  const used = `${since} ${counted(changes.turns ?? 0, 'turn')}, ${counted(changes.total_tokens ?? 0, 'token')}, ${formatCost(changes.cost_estimate)}`;
  const files =
    one.workspace_commit === null ? [] : [`files of the workspace: snapshot ${one.workspace_commit}`];
  const said = changes.messages.length === 0 ? [] : [`messages ${changes.messages.join(', ')}`];
  const steps = changes.steps.map(({ key, from, to, attempt }) => [key, from ?? '-', to, String(attempt)]);
  const { results, result_bytes: bytes, state_bytes: state } = one.takes_along;
  const along = `a fork would take along ${counted(results, 'result')} (${counted(bytes, 'byte')}), state ${counted(state, 'byte')}`;
  return [head, used, along, ...files, ...said, table(['STEP', 'FROM', 'TO', 'ATTEMPT'], steps)].join('\n');
}

/** What a restore would do, or has done. */
export function previewText(preview: RestorePreview): string {
  const { kept, runs_again, dropped, may_repeat, given, inputs, plan, files, messages } = preview;
  const line = (what: string, keys: readonly string[]) =>
    keys.length === 0 ? [] : [`${what}: ${keys.join(', ')}`];
  const said = messages.map(({ seq, author, action, content, unread }) => {
    const note = unread ? ' (nobody has read it: name it with --drop to let it go)' : '';
    return `message ${seq} by ${author ?? 'somebody'}, ${action ?? 'message'}: ${content ?? ''}${note}`;
  });
  return [
    ...line('stays as it is', kept),
    ...line('runs again', runs_again),
    ...line('its result is dropped', dropped),
    ...line('may have its effects twice', may_repeat),
    ...line('has the result that is given', given),
    ...line('other inputs', inputs),
    ...(plan === null ? [] : planLines(plan)),
    ...(files === null ? [] : [filesText(files)]),
    ...said,
  ].join('\n');
}

function filesText(files: NonNullable<RestorePreview['files']>): string {
  const { why_not: whyNot } = files;
  const but = whyNot === null ? '' : ` (not those of the fork: ${whyNot})`;
  return `files of the workspace: ${whichFiles(files)}${but}`;
}

function whichFiles({ what, commit, kept, run }: NonNullable<RestorePreview['files']>): string {
  if (what === 'stay') return 'as they are now';
  if (what === 'anew') return 'as for a new run';
  const whose = run === null ? '' : ` of ${run}`;
  return `those of snapshot ${commit?.slice(0, 7)}${whose}${kept ? '' : ', from its own worker only'}`;
}

function planLines({ added, removed, changed, rewired, members }: NonNullable<RestorePreview['plan']>) {
  const line = (sign: string, names: readonly string[]) => names.map((name) => `  ${sign} ${name}`);
  return [
    'another plan:',
    ...line('+', added),
    ...line('-', removed),
    ...changed.map(({ step, members: of }) => `  ~ ${step}: ${of.join(', ')}`),
    ...line('~', [...rewired.map((step) => `${step}: dependencies`), ...members]),
  ];
}

/** What each branch would do. */
export function forkPreviewText({ forks }: ForkPreview): string {
  const parts = forks.map(({ label, preview }) => {
    const { number, run_id: run } = preview.checkpoint;
    const what = label === null ? 'a run' : `variant ${label}`;
    return [
      `${what} would begin at cp-${number} of ${run}; nothing has been done`,
      previewText(preview),
    ].join('\n');
  });
  return parts.join('\n\n');
}

/** The branches that were started, or how they have ended. */
export function forksText(
  items: readonly {
    readonly label: string;
    readonly run: Pick<ToldRun, 'id' | 'status' | 'total_tokens' | 'cost_estimate'>;
  }[],
  width = widthFor(process.stdout),
): string {
  const rows = items.map(({ label, run }) => [
    run.id,
    run.status,
    String(run.total_tokens),
    formatCost(run.cost_estimate),
    label,
  ]);
  return table(['RUN', 'STATUS', 'TOKENS', 'COST', 'VARIANT'], rows, width);
}

function whatOf({ label, settled }: Checkpoint): string {
  const more = settled.length > MOST_NAMED ? `, … (${settled.length})` : '';
  const steps = settled.slice(0, MOST_NAMED).join(', ') + more;
  if (label === null) return steps;
  return steps === '' ? `"${label}"` : `"${label}"; ${steps}`;
}
