/** `baton why`: why a step of a run is where it is. */
import type { Command } from 'commander';
import type { StepWhy } from '../../../contract/past/why.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { whyText } from '../../shown/past/why-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

export function addWhy(program: Command): void {
  withFormat(program.command('why'))
    .description('why a step is where it is: each decision about it, with the values that it saw')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<step>', 'the step’s address, as `baton status` shows it')
    .option('--at <seq>', 'as it was after this event (default: the newest)')
    .action(async (run: string, step: string, options: FormatOption & { at?: string }) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const at = options.at === undefined ? '' : `?at=${encodeURIComponent(options.at)}`;
      const path = `/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(step)}/why${at}`;
      const why = await client.json<StepWhy>(path);
      print(options.output, why, () => whyText(why));
    });
}
