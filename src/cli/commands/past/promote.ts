/** `baton promote`: makes the results of a fork those of the run that it was forked from. */
import type { Command } from 'commander';
import type { RestoreAnswer } from '../../../contract/checkpoint.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { CliError, EXIT } from '../../exit.ts';
import { previewText } from '../../shown/past/checkpoint-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { setBackBody, withSetBack, type SetBackOptions } from './set-back-options.ts';

type PromoteOptions = FormatOption & SetBackOptions & { readonly keepFiles?: boolean };

export function addPromote(program: Command): void {
  const command = withFormat(program.command('promote'))
    .description('make the results of a fork those of the run that it was forked from')
    .argument('<fork>', 'run id, the beginning of one, or @latest')
    .option('--keep-files', 'leave the files of the workspace as they are: do not bring those of the fork');
  withSetBack(command, 'only tell what would stay, be given and run again').action(
    async (words: string, options: PromoteOptions) => {
      const client = apiClient();
      const branch = await runIn(client, words);
      const parent = await parentOf(client, branch);
      const answer = await client.json<RestoreAnswer>(`/runs/${encodeURIComponent(parent)}/promotions`, {
        method: 'POST',
        headers: { 'idempotency-key': crypto.randomUUID() },
        body: { branch, ...setBackBody(options), ...(options.keepFiles === true && { files: 'keep' }) },
      });
      print(options.output, answer, () => promotedText(answer, branch));
    },
  );
}

/** @throws CliError where it is no fork, or its parent is not stored any more */
async function parentOf(client: ApiClient, branch: string): Promise<string> {
  const { lineage } = await client.json<ToldRun>(`/runs/${encodeURIComponent(branch)}`);
  const parent = lineage?.forked_from?.run;
  if (parent === undefined)
    throw new CliError(EXIT.usage, `run ${branch} was forked from no other run`, { code: 'not_forked_from' });
  try {
    await client.json(`/runs/${encodeURIComponent(parent)}`);
    return parent;
  } catch (error) {
    if (!(error instanceof CliError) || error.problem['code'] !== 'run_not_found') throw error;
    const message = `run ${branch} was forked from ${parent}, which is not stored here any more; it stays as it is`;
    throw new CliError(EXIT.usage, message, { code: 'run_not_found' });
  }
}

function promotedText({ dry_run: isDry, run, preview }: RestoreAnswer, branch: string): string {
  const { number } = preview.checkpoint;
  const head = isDry
    ? `${run.id} would go on from cp-${number} with the results of ${branch}; nothing has been done`
    : `${run.id} goes on from cp-${number} with the results of ${branch}, in epoch ${run.epoch}`;
  return [head, previewText(preview)].join('\n');
}
