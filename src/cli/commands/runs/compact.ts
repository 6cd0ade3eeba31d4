/** `baton compact`: has the older turns of an agent summarised before its next model call. */
import type { Command } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import { runIn } from '../../client/find-run.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { textArgument } from '../../input/text-argument.ts';
import { who } from '../../client/who.ts';

interface CompactOptions extends FormatOption {
  readonly reason?: string;
  readonly by?: string;
}

export function addCompact(program: Command): void {
  withFormat(program.command('compact'))
    .description('have the older turns of an agent summarised before its next model call')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<step>', 'key of the step')
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (words: string, key: string, options: CompactOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const { reason, by = who(), output } = options;
      const path = `/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(key)}/compact`;
      const said = reason === undefined ? {} : { reason: textArgument(reason, 'the reason') };
      const response = await client.raw(path, { method: 'POST', body: { by, ...said } });
      const run = (await response.json()) as ToldRun;
      print(
        output,
        run,
        () => `step ${key} of ${run.id} is compacted before its next model call; see baton thread`,
      );
    });
}
