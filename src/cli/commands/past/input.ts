/** `baton input`: what an attempt of a step was given. */
import type { Command } from 'commander';
import type { StepInput } from '../../../contract/past/step-input.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { inputText } from '../../shown/past/input-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

interface Options extends FormatOption {
  readonly attempt?: string;
  readonly epoch?: string;
}

export function addInput(program: Command): void {
  withFormat(program.command('input'))
    .description('what a step was given: its prompt, command or address with all templates filled in')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<step>', 'the step’s address, as `baton status` shows it')
    .option('--attempt <n>', 'of this attempt (default: the newest)')
    .option('--epoch <n>', 'of this epoch (default: the newest that has the attempt)')
    .action(async (run: string, step: string, { output, attempt, epoch }: Options) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const query = new URLSearchParams({
        ...(attempt !== undefined && { attempt }),
        ...(epoch !== undefined && { epoch }),
      });
      const path = `/runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(step)}/input?${query.toString()}`;
      const input = await client.json<StepInput>(path);
      print(output, input, () => inputText(input));
    });
}
