/** Going back: `restore` sets a closed run back to a checkpoint, `fork` starts another run from one. */
import type { Command } from 'commander';
import type { RestoreAnswer } from '../../../contract/checkpoint.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { readInputs, readPairs, typesOfRun } from '../../input/inputs.ts';
import { textArgument, wholeNumber } from '../../input/text-argument.ts';
import { CliError, EXIT } from '../../exit.ts';
import { previewText } from '../../shown/checkpoint-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { collect, stayWith, type StayOptions } from './run.ts';

interface RestoreOptions extends FormatOption {
  readonly from?: string;
  readonly reason?: string;
  readonly drop?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

export function addRestore(program: Command): void {
  withFormat(program.command('restore'))
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
      const path = `/runs/${encodeURIComponent(await runIn(client, words))}/restore`;
      const body = { checkpoint, ...restoreBody(options) };
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

interface ForkOptions extends StayOptions {
  readonly set: readonly string[];
  readonly label: readonly string[];
  readonly reason?: string;
  readonly id?: string;
}

export function addFork(program: Command): void {
  withFormat(program.command('fork'))
    .description(
      'start another run that begins with the state of a checkpoint; the run itself stays as it is',
    )
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<checkpoint>', 'its number (3, cp-3) or label')
    .option('--set <inputs.key=value>', 'an input that is other than that of the run', collect, [])
    .option('--label <key=value>', 'a label on top', collect, [])
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--id <id>', 'the new run id, your own name for it')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, checkpoint: string, options: ForkOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const pairs = options.set.map(inputPair);
      const run = await client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}/forks`, {
        method: 'POST',
        headers: { 'idempotency-key': crypto.randomUUID() },
        body: {
          checkpoint,
          inputs: readInputs(pairs, undefined, await typesOfRun(client, runId, pairs)),
          labels: readPairs(options.label, '--label'),
          by: who(),
          ...(options.reason !== undefined && { reason: textArgument(options.reason, 'the reason') }),
          ...(options.id !== undefined && { id: options.id }),
        },
      });
      await stayWith(client, run, options);
    });
}

/** @throws CliError for what names no input */
function inputPair(text: string): string {
  const pair = /^inputs\.(.+)$/s.exec(text)?.[1];
  if (pair !== undefined) return pair;
  throw new CliError(EXIT.usage, `--set ${text}: write --set inputs.KEY=VALUE`);
}
