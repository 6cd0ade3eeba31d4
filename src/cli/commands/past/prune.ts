/** `baton prune`: removes checkpoints that nobody will go back to, of one run or of many. */
import type { Command } from 'commander';
import type { CheckpointsPruned } from '../../../contract/checkpoint.ts';
import type { Run } from '../../../contract/run.ts';
import type { Page } from '../../../contract/shared/common.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { durationArgument, wholeNumber } from '../../input/text-argument.ts';
import { prunedText } from '../../shown/past/pruned-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface PruneOptions extends FormatOption {
  readonly keep?: string;
  readonly olderThan?: string;
  readonly keepLabelled: boolean;
  readonly workflow?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly by?: string;
}

export function addPrune(program: Command): void {
  withFormat(program.command('prune'))
    .description('remove checkpoints for good; what a fork, an open branch or a continuation needs stays')
    .argument('[run]', 'run id, the beginning of one, or @latest')
    .option('--keep <n>', 'so many of the newest of each run stay (1)')
    .option('--older-than <duration>', 'younger ones stay: 30d, 12h')
    .option('--keep-labelled', 'those that somebody has named stay (default)', true)
    .option('--no-keep-labelled', 'those go too')
    .option('--workflow <name>', 'of all runs of this workflow')
    .option('--all', 'of all runs')
    .option('--dry-run', 'only tell which would go')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (words: string | undefined, options: PruneOptions) => {
      checkTarget(words, options);
      const body = bodyOf(options);
      const client = apiClient();
      const pruned: CheckpointsPruned[] = [];
      for await (const id of targets(client, words, options)) {
        const path = `/runs/${encodeURIComponent(id)}/checkpoints/prune`;
        pruned.push(await client.json<CheckpointsPruned>(path, { method: 'POST', body }));
      }
      print(options.output, words === undefined ? pruned : pruned[0], () => prunedText(pruned));
    });
}

/** @throws CliError unless one run, or which of all, is named */
function checkTarget(words: string | undefined, { workflow, all }: PruneOptions): void {
  if ([words, workflow, all].filter((one) => one !== undefined).length === 1) return;
  throw new CliError(EXIT.usage, 'say of what: a run, --workflow NAME or --all, one of them');
}

/** @throws CliError for what is no number or duration, and where neither is given */
function bodyOf({ keep, olderThan, keepLabelled, dryRun = false, by = who() }: PruneOptions): object {
  if (keep === undefined && olderThan === undefined)
    throw new CliError(EXIT.usage, 'say which may go: --keep N, --older-than 30d, or both');
  return {
    ...(keep !== undefined && { keep: wholeNumber(keep, '--keep', 1, 1_000_000) }),
    ...(olderThan !== undefined && { older_than: durationArgument(olderThan, '--older-than') }),
    keep_labelled: keepLabelled,
    dry_run: dryRun,
    by,
  };
}

/** Ids of the runs that are meant. Archived ones have no checkpoints here. */
async function* targets(
  client: ApiClient,
  words: string | undefined,
  { workflow }: PruneOptions,
): AsyncGenerator<string> {
  if (words !== undefined) {
    yield await runIn(client, words);
    return;
  }
  const filter = workflow === undefined ? '' : `&workflow=${encodeURIComponent(workflow)}`;
  for (let cursor: string | null = ''; cursor !== null;) {
    const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Run> = await client.json<Page<Run>>(`/runs?limit=200${filter}${after}`);
    for (const { id, archived_at } of page.items) if (archived_at === null) yield id;
    cursor = page.next_cursor;
  }
}
