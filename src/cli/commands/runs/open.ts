/** `baton open`: a run in Temporal's Web UI. */
import type { Command } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { apiClient, temporalUrl } from '../../client/target.ts';

interface OpenOptions extends FormatOption {
  readonly print?: boolean;
}

export function addOpen(program: Command): void {
  withFormat(program.command('open'))
    .description("show a run in Temporal's Web UI, in your browser")
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--print', 'only print the address')
    .action(async (words: string, options: OpenOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const url = temporalUrl(await client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}`));
      if (url === null) throw noUi();
      print(options.output, { url }, () => url);
      if (options.print !== true && options.output === 'text' && process.stdout.isTTY) await show(url);
    });
}

/** Where there is no browser the address stands on the screen. */
async function show(url: string): Promise<void> {
  const { default: open } = await import('open');
  const browser = await open(url);
  browser.on('error', (error) => note(`no browser could be opened: ${error.message}`));
}

function noUi(): CliError {
  const message = "it is not known where Temporal's Web UI is. Set BATON_TEMPORAL_UI to its address.";
  return new CliError(EXIT.usage, message, { code: 'temporal_ui_unknown' });
}
