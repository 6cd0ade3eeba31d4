/** What `baton prune` has removed, or would, in words. Pure. */
import type { CheckpointsPruned, KeptReason } from '../../../contract/checkpoint.ts';
import { counted, formatBytes } from '../../terminal/style.ts';

const WHY: Readonly<Record<KeptReason, string>> = {
  end: 'the run can be continued from it',
  branch: 'the present epoch began at it',
  restored: 'the run was set back to it',
  forked: 'a fork began at it',
  labelled: 'somebody has named it',
};

/** A line for each run of which something goes, with what stays though it could go by age and number. */
export function prunedText(runs: readonly CheckpointsPruned[]): string {
  const touched = runs.filter(({ pruned, kept }) => pruned.checkpoints > 0 || kept.needed.length > 0);
  const lines = touched.flatMap((one) => [ofRun(one), ...one.kept.needed.map(keptLine)]);
  if (runs.length === 1 && lines.length > 0) return lines.join('\n');
  const total = (of: 'checkpoints' | 'bytes') => runs.reduce((sum, { pruned }) => sum + pruned[of], 0);
  const would = runs.some(({ dry_run }) => dry_run) ? 'would be ' : '';
  const all = `${counted(total('checkpoints'), 'checkpoint')} of ${counted(runs.length, 'run')} ${would}pruned (${formatBytes(total('bytes'))})`;
  return [...lines, all].join('\n');
}

function ofRun({ run_id, dry_run, pruned, kept }: CheckpointsPruned): string {
  const would = dry_run ? 'would be ' : '';
  return `${run_id}: ${counted(pruned.checkpoints, 'checkpoint')} ${would}pruned (${formatBytes(pruned.bytes)}), ${kept.checkpoints} kept`;
}

function keptLine({ number, label, reason }: CheckpointsPruned['kept']['needed'][number]): string {
  return `  cp-${number}${label === null ? '' : ` "${label}"`} stays: ${WHY[reason]}`;
}
