/** `baton restore`: sets a run back to one of its checkpoints. */
import { Option, type Command } from 'commander';
import type { RestoreAnswer } from '../../../contract/checkpoint.ts';
import { RESTORE_MODES } from '../../../protocol/signals.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { who } from '../../client/who.ts';
import { settingsBody, withSettings, type SettingOptions } from '../../input/settings.ts';
import { textArgument, wholeNumber } from '../../input/text-argument.ts';
import { previewText } from '../../shown/past/checkpoint-text.ts';
import { note, print, withFormat } from '../../terminal/output.ts';
import { stayWith, type StayOptions } from '../runs/run.ts';

interface RestoreOptions extends StayOptions, SettingOptions {
  readonly from?: string;
  readonly keepFiles?: boolean;
  readonly mode?: string;
  readonly timeout?: string;
  readonly reason?: string;
  readonly drop?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

export function addRestore(program: Command): void {
  withSettings(withFormat(program.command('restore')))
    .description('set a run back to a checkpoint: same run, what came later is superseded')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<checkpoint>', 'its number (3, cp-3) or label')
    .option('--from <step>', 'do this step anew, with all that depends on it')
    .addOption(
      new Option(
        '--mode <mode>',
        'of an open run: what is under way comes to its end, or is stopped (default: drain)',
      ).choices([...RESTORE_MODES]),
    )
    .option('--timeout <duration>', 'how long an open run may take to come to rest (default: 30s)')
    .option('--dry-run', 'only tell what would run again, stay and be dropped')
    .option('--drop <numbers>', 'comma list of messages that nobody has read and that may be dropped')
    .option('--keep-files', 'leave the files of the workspace as they are, not as they were')
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--by <name>', 'who says so (default: you)')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, checkpoint: string, options: RestoreOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const path = `/runs/${encodeURIComponent(runId)}/restore`;
      const set = await settingsBody(client, runId, options);
      const body = { checkpoint, set, ...restoreBody(options) };
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

function restoreBody(options: RestoreOptions): object {
  const { from, keepFiles, mode, timeout, reason, drop, by = who(), dryRun = false } = options;
  return {
    by,
    dry_run: dryRun,
    ...(keepFiles === true && { files: 'keep' }),
    ...(mode !== undefined && { mode }),
    ...(timeout !== undefined && { timeout }),
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
