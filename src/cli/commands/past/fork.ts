/** `baton fork`: starts another run from a checkpoint, or several variants beside each other. */
import type { Command } from 'commander';
import type { ForkedRuns, ForkPreview } from '../../../contract/checkpoint.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { who } from '../../client/who.ts';
import { EXIT } from '../../exit.ts';
import { noScreen, watchRun } from '../../following/watch-run.ts';
import { readPairs } from '../../input/inputs.ts';
import {
  budgetBody,
  settingsBody,
  variantBodies,
  withSettings,
  type SettingOptions,
} from '../../input/settings.ts';
import { textArgument } from '../../input/text-argument.ts';
import { forkPreviewText, forksText } from '../../shown/past/checkpoint-text.ts';
import { note, print, withFormat } from '../../terminal/output.ts';
import { collect, stayWith, type StayOptions } from '../runs/run.ts';

interface ForkOptions extends StayOptions, SettingOptions {
  readonly from?: string;
  readonly keepFiles?: boolean;
  readonly variant: readonly string[];
  readonly budget?: string;
  readonly label: readonly string[];
  readonly reason?: string;
  readonly id?: string;
  readonly dryRun?: boolean;
}

export function addFork(program: Command): void {
  withSettings(withFormat(program.command('fork')))
    .description(
      'start another run that begins with the state of a checkpoint; the run itself stays as it is',
    )
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[checkpoint]', 'its number (3, cp-3) or label (default: the newest)')
    .option('--from <step>', 'do this step anew, with all that depends on it')
    .option(
      '--variant <[label:]what=value>',
      'a branch of its own: model=…, STEP.prompt=…, inputs.KEY=…',
      collect,
      [],
    )
    .option('--budget <amount>', 'what all branches together may use: 2usd, 50000tokens')
    .option('--label <key=value>', 'a label on top', collect, [])
    .option('--keep-files', 'begin with a workspace as every run does, not with the files as they were')
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--id <id>', 'the new run id, your own name for it')
    .option('--dry-run', 'only tell what would stay and run again')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, checkpoint: string | undefined, options: ForkOptions) => {
      const client = apiClient();
      await fork(client, await runIn(client, words), checkpoint, options);
    });
}

async function fork(
  client: ApiClient,
  runId: string,
  checkpoint: string | undefined,
  options: ForkOptions,
): Promise<void> {
  const { from, keepFiles, variant, budget, label, reason, id, dryRun: isDry = false } = options;
  const variants = await variantBodies(client, runId, variant);
  const answer = await postFork<ForkedRuns & ForkPreview & ToldRun>(client, runId, {
    set: await settingsBody(client, runId, options),
    labels: readPairs(label, '--label'),
    dry_run: isDry,
    ...(keepFiles === true && { files: 'keep' }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(from !== undefined && { from }),
    ...(variants.length > 0 && { variants }),
    ...(budget !== undefined && { budget: budgetBody(budget) }),
    ...(reason !== undefined && { reason: textArgument(reason, 'the reason') }),
    ...(id !== undefined && { id }),
  });
  if (isDry) print(options.output, answer, () => forkPreviewText(answer));
  else if (variants.length > 0) await stayWithAll(client, answer, options);
  else await stayWith(client, answer, options);
}

/** @param body without who says so */
export function postFork<T>(client: ApiClient, runId: string, body: object): Promise<T> {
  return client.json<T>(`/runs/${encodeURIComponent(runId)}/forks`, {
    method: 'POST',
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: { by: who(), ...body },
  });
}

async function stayWithAll(client: ApiClient, { items }: ForkedRuns, options: StayOptions): Promise<void> {
  const isPatient = options.wait === true || options.watch === true;
  if (isPatient) for (const { label, run } of items) note(`run ${run.id}: ${label}`);
  const shown = isPatient
    ? await Promise.all(
        items.map(async ({ label, run }) => ({ label, run: await watchRun(client, run.id, noScreen) })),
      )
    : items;
  print(options.output, { items: shown }, () => forksText(shown));
  if (isPatient && shown.some(({ run }) => run.status !== 'completed')) process.exitCode = EXIT.failed;
}
