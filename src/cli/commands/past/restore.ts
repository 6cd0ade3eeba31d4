/** `baton restore`: sets a run back to one of its checkpoints. */
import type { Command } from 'commander';
import type { RestoreAnswer } from '../../../contract/checkpoint.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { settingsBody, withSettings, type SettingOptions } from '../../input/settings.ts';
import { previewText } from '../../shown/past/checkpoint-text.ts';
import { note, print, withFormat } from '../../terminal/output.ts';
import { stayWith, type StayOptions } from '../runs/run.ts';
import { setBackBody, withSetBack, type SetBackOptions } from './set-back-options.ts';

interface RestoreOptions extends StayOptions, SettingOptions, SetBackOptions {
  readonly from?: string;
  readonly keepFiles?: boolean;
}

export function addRestore(program: Command): void {
  const command = withSettings(withFormat(program.command('restore')))
    .description('set a run back to a checkpoint: same run, what came later is superseded')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<checkpoint>', 'its number (3, cp-3) or label')
    .option('--from <step>', 'do this step anew, with all that depends on it')
    .option('--keep-files', 'leave the files of the workspace as they are, not as they were');
  withSetBack(command, 'only tell what would run again, stay and be dropped')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, checkpoint: string, options: RestoreOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const path = `/runs/${encodeURIComponent(runId)}/restore`;
      const set = await settingsBody(client, runId, options);
      const { from, keepFiles } = options;
      const body = {
        ...{ checkpoint, set, ...setBackBody(options) },
        ...(from !== undefined && { from }),
        ...(keepFiles === true && { files: 'keep' }),
      };
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const answer = await client.json<RestoreAnswer & { readonly run: ToldRun }>(path, {
        ...{ method: 'POST', headers, body },
      });
      const stays = !answer.dry_run && (options.wait === true || options.watch === true);
      if (!stays) return print(options.output, answer, () => restoredText(answer));
      note(restoredText(answer));
      await stayWith(client, answer.run, options);
    });
}

function restoredText({ dry_run: isDry, run, preview }: RestoreAnswer): string {
  const { number } = preview.checkpoint;
  const head = isDry
    ? `${run.id} would go on from cp-${number}; nothing has been done`
    : `${run.id} goes on from cp-${number}, in epoch ${run.epoch}`;
  return [head, previewText(preview)].join('\n');
}
