/** `baton rerun`: another run of the same plan with the same inputs; from a step on, a fork of the run as it stands. */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { runIn } from '../../client/find-run.ts';
import { readInputs, readPairs, typesOfRun } from '../../input/inputs.ts';
import { CliError, EXIT } from '../../exit.ts';
import { hasSettings, settingsBody, withSettings, type SettingOptions } from '../../input/settings.ts';
import { withFormat } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { postFork } from './fork.ts';
import { collect, stayWith, type StayOptions } from '../runs/run.ts';

interface RerunOptions extends StayOptions, SettingOptions {
  readonly from?: string;
  readonly failed?: boolean;
  readonly newest?: boolean;
  readonly input?: string;
  readonly i: readonly string[];
  readonly label: readonly string[];
  readonly id?: string;
}

export function addRerun(program: Command): void {
  withSettings(withFormat(program.command('rerun')))
    .description('start another run of the same plan with the same inputs and labels')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--newest', 'with the version that was published last, not the one that the run had')
    .option('-i <key=value>', 'an input that is other than that of the run', collect, [])
    .option('--input <file>', 'a JSON file with inputs that are other (- for stdin)')
    .option('--from <step>', 'only this step and all that depends on it; the rest is taken over')
    .option('--failed', 'only what failed or was stopped, and all that depends on it')
    .option('--label <key=value>', 'a label on top', collect, [])
    .option('--id <id>', 'the new run id, your own name for it')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, options: RerunOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const run = await rerun(client, runId, options);
      await stayWith(client, run, options);
    });
}

async function rerun(client: ApiClient, runId: string, options: RerunOptions): Promise<ToldRun> {
  const { from, failed, newest, i, input, label, id } = options;
  const inputs = readInputs(i, input, await typesOfRun(client, runId, i));
  const named = { labels: readPairs(label, '--label'), ...(id === undefined ? {} : { id }) };
  if (from === undefined && failed !== true) {
    if (hasSettings(options))
      throw wrong('--set, --prompt, --model, --result and --definition need --from STEP or --failed');
    return client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}/rerun`, {
      method: 'POST',
      headers: { 'idempotency-key': crypto.randomUUID() },
      body: { newest: newest === true, inputs, by: who(), ...named },
    });
  }
  if (from !== undefined && failed === true) throw wrong('--from and --failed exclude each other');
  if (newest === true)
    throw wrong('--newest is for a whole run; name the version with --definition NAME@VERSION');
  const set = await settingsBody(client, runId, options);
  return postFork<ToldRun>(client, runId, {
    ...named,
    set: { ...set, inputs: { ...inputs, ...set.inputs } },
    ...(from === undefined ? {} : { from }),
  });
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'option_unclear' });
