/** The points that a run can be set back to: `checkpoints` lists them, `checkpoint` names where an open run stands. */
import type { Command } from 'commander';
import type { Checkpoint, CheckpointDetail, CheckpointTaken } from '../../../contract/checkpoint.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { allItems } from '../../following/watch-run.ts';
import { checkpointText, checkpointsText } from '../../shown/past/checkpoint-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

export function addCheckpoints(program: Command): void {
  withFormat(program.command('checkpoints'))
    .description('the points that a run can be set back to, newest first; or one, with what has changed')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[checkpoint]', 'its number (3, cp-3) or label')
    .action(async (words: string, name: string | undefined, options: FormatOption) => {
      const client = apiClient();
      const path = `/runs/${encodeURIComponent(await runIn(client, words))}/checkpoints`;
      if (name === undefined) {
        const checkpoints = await allItems<Checkpoint>(client, path);
        return print(options.output, checkpoints, () => checkpointsText(checkpoints));
      }
      const one = await client.json<CheckpointDetail>(`${path}/${encodeURIComponent(name)}`);
      print(options.output, one, () => checkpointText(one));
    });
}

export function addCheckpoint(program: Command): void {
  withFormat(program.command('checkpoint'))
    .description('name the point at which an open run stands, to come back to it')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<label>', 'what to call it')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (words: string, label: string, options: FormatOption & { readonly by?: string }) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const body = { label, by: options.by ?? who() };
      const path = `/runs/${encodeURIComponent(runId)}/checkpoints`;
      const taken = await client.json<CheckpointTaken>(path, { method: 'POST', body });
      print(options.output, taken, () => takenText(runId, taken));
    });
}

function takenText(runId: string, { checkpoint }: CheckpointTaken): string {
  if (checkpoint === null) return `taken; ${runId} has not come to it yet: baton checkpoints ${runId}`;
  return `cp-${checkpoint.number} of ${runId}: ${checkpoint.label ?? ''}`;
}
