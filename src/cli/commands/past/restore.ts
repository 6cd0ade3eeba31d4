/** `baton restore`: sets a closed run back to one of its checkpoints. */
import type { Command } from 'commander';
import type { RestoreAnswer } from '../../../contract/checkpoint.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { settingsBody, withSettings, type SettingOptions } from '../../input/settings.ts';
import { textArgument, wholeNumber } from '../../input/text-argument.ts';
import { previewText } from '../../shown/past/checkpoint-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface RestoreOptions extends FormatOption, SettingOptions {
  readonly from?: string;
  readonly reason?: string;
  readonly drop?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

export function addRestore(program: Command): void {
  withSettings(withFormat(program.command('restore')))
    .description('set a run that has ended back to a checkpoint: same run, what came later is superseded')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<checkpoint>', 'its number (3, cp-3) or label')
    .option('--from <step>', 'do this step anew, with all that depends on it')
    .option('--dry-run', 'only tell what would run again, stay and be dropped')
    .option('--drop <numbers>', 'comma list of messages that nobody has read and that may be dropped')
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (words: string, checkpoint: string, options: RestoreOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const path = `/runs/${encodeURIComponent(runId)}/restore`;
      const set = await settingsBody(client, runId, options);
      const body = { checkpoint, set, ...restoreBody(options) };
      const answer = await client.json<RestoreAnswer>(path, { method: 'POST', body });
      print(options.output, answer, () => restoredText(answer));
    });
}

function restoreBody({ from, reason, drop, by = who(), dryRun = false }: RestoreOptions): object {
  return {
    by,
    dry_run: dryRun,
    ...(from !== undefined && { from }),
    ...(reason !== undefined && { reason: textArgument(reason, 'the reason') }),
    ...(drop !== undefined && { drop_messages: drop.split(',').map((one) => wholeNumber(one, '--drop', 1)) }),
  };
}

function restoredText({ dry_run: isDry, run, preview }: RestoreAnswer): string {
  const { number } = preview.checkpoint;
  const head = isDry
    ? `${run.id} would go on from cp-${number}; nothing has been done`
    : `${run.id} goes on from cp-${number}, in epoch ${run.epoch}`;
  return [head, previewText(preview)].join('\n');
}
