/** Checkpoints in words, and what would become of a run that is set back to one. Pure. */
import type { Checkpoint, CheckpointDetail, RestorePreview } from '../../contract/checkpoint.ts';
import { dateTimeText, zoneName } from '../terminal/local-time.ts';
import { table } from '../terminal/output.ts';
import { counted, formatCost } from '../terminal/style.ts';
import { widthFor } from '../terminal/text-width.ts';

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
  const said = changes.messages.length === 0 ? [] : [`messages ${changes.messages.join(', ')}`];
  const steps = changes.steps.map(({ key, from, to, attempt }) => [key, from ?? '-', to, String(attempt)]);
  return [head, used, ...said, table(['STEP', 'FROM', 'TO', 'ATTEMPT'], steps)].join('\n');
}

/** What a restore would do, or has done. */
export function previewText({ kept, runs_again, dropped, may_repeat, messages }: RestorePreview): string {
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
    ...said,
  ].join('\n');
}

function whatOf({ label, settled }: Checkpoint): string {
  const more = settled.length > MOST_NAMED ? `, … (${settled.length})` : '';
  const steps = settled.slice(0, MOST_NAMED).join(', ') + more;
  if (label === null) return steps;
  return steps === '' ? `"${label}"` : `"${label}"; ${steps}`;
}
