/** `baton open`: a run in Temporal's Web UI. */
import type { Command } from 'commander';
import type { RunJson } from '../api-types.ts';
import { CliError, EXIT } from '../exit.ts';
import { note, print, withFormat, type FormatOption } from '../output.ts';
import { apiClient, temporalUi } from '../target.ts';

interface OpenOptions extends FormatOption {
  readonly print?: boolean;
}

export function addOpen(program: Command): void {
  withFormat(program.command('open'))
    .description("show a run in Temporal's Web UI, in your browser")
    .argument('<run>', 'run id')
    .option('--print', 'only print the address')
    .action(async (runId: string, options: OpenOptions) => {
      const ui = temporalUi();
      if (ui === null) throw noUi();
      const { execution } = await apiClient().json<RunJson>(`/runs/${encodeURIComponent(runId)}`);
      const { workflow_id: workflow, run_id: run } = execution;
      const path = `namespaces/${ui.namespace}/workflows/${encodeURIComponent(workflow)}/${encodeURIComponent(run)}`;
      const url = `${ui.address}/${path}`;
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
