/** `baton rerun`: another run of the same plan with the same inputs. */
import type { Command } from 'commander';
import type { ToldRun } from '../../client/told-run.ts';
import { runIn } from '../../client/find-run.ts';
import { readInputs, readPairs, typesOfRun } from '../../input/inputs.ts';
import { withFormat } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { collect, stayWith, type StayOptions } from './run.ts';

interface RerunOptions extends StayOptions {
  readonly newest?: boolean;
  readonly input?: string;
  readonly i: readonly string[];
  readonly label: readonly string[];
  readonly id?: string;
}

export function addRerun(program: Command): void {
  withFormat(program.command('rerun'))
    .description('start another run of the same plan with the same inputs and labels')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--newest', 'with the version that was published last, not the one that the run had')
    .option('-i <key=value>', 'an input that is other than that of the run', collect, [])
    .option('--input <file>', 'a JSON file with inputs that are other (- for stdin)')
    .option('--label <key=value>', 'a label on top', collect, [])
    .option('--id <id>', 'the new run id, your own name for it')
    .option('--wait', 'wait for the end; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show the steps meanwhile')
    .action(async (words: string, options: RerunOptions) => {
      const client = apiClient();
      const runId = await runIn(client, words);
      const run = await client.json<ToldRun>(`/runs/${encodeURIComponent(runId)}/rerun`, {
        method: 'POST',
        headers: { 'idempotency-key': crypto.randomUUID() },
        body: {
          newest: options.newest === true,
          inputs: readInputs(options.i, options.input, await typesOfRun(client, runId, options.i)),
          labels: readPairs(options.label, '--label'),
          by: who(),
          ...(options.id === undefined ? {} : { id: options.id }),
        },
      });
      await stayWith(client, run, options);
    });
}
