/** `baton open`: the console, or a run in it, in a browser; with `--temporal` a run in Temporal's Web UI. */
import type { Command } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { openBrowser } from '../../terminal/browser.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { apiClient, temporalUrl } from '../../client/target.ts';
import type { ApiClient } from '../../client/api-client.ts';

interface OpenOptions extends FormatOption {
  readonly print?: boolean;
  readonly temporal?: boolean;
}

export function addOpen(program: Command): void {
  withFormat(program.command('open'))
    .description('show the console, or a run in it, in your browser')
    .argument('[run]', 'run id, the beginning of one, or @latest')
    .option('--temporal', "show the run in Temporal's Web UI")
    .option('--print', 'only print the address')
    .action(async (words: string | undefined, options: OpenOptions) => {
      const client = apiClient();
      const url =
        options.temporal === true ? await inTemporal(client, words) : await inConsole(client, words);
      print(options.output, { url }, () => url);
      if (options.print !== true && options.output === 'text' && process.stdout.isTTY) await openBrowser(url);
    });
}

async function inConsole(client: ApiClient, words: string | undefined): Promise<string> {
  if (words === undefined) return `${client.base}/`;
  return `${client.base}/runs/${encodeURIComponent(await runIn(client, words))}`;
}

async function inTemporal(client: ApiClient, words: string | undefined): Promise<string> {
  if (words === undefined) {
    throw new CliError(EXIT.usage, '--temporal needs a run: baton open RUN --temporal', { code: 'usage' });
  }
  const runId = await runIn(client, words);
  const url = temporalUrl(await client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}`));
  if (url !== null) return url;
  const message = "it is not known where Temporal's Web UI is. Set BATON_TEMPORAL_UI to its address.";
  throw new CliError(EXIT.usage, message, { code: 'temporal_ui_unknown' });
}
