/** Commands to a run: `pause`, `resume`, `cancel`. */
import type { Command } from 'commander';
import type { RunJson } from '../api-types.ts';
import { print, withFormat, type FormatOption } from '../output.ts';
import { apiClient } from '../target.ts';
import { who } from '../who.ts';

interface ControlOptions extends FormatOption {
  readonly reason?: string;
  readonly mode?: string;
  readonly timeout?: string;
  readonly onTimeout?: string;
}

/** The CLI's word and the API's route. */
const CONTROLS = [
  { name: 'pause', route: 'pause', does: 'let running steps finish and start no others' },
  { name: 'resume', route: 'unpause', does: 'go on with a paused run' },
  { name: 'cancel', route: 'cancel', does: 'stop a run: running steps are cancelled, nothing else starts' },
] as const;

export function addControls(program: Command): void {
  for (const control of CONTROLS) {
    const command = withFormat(program.command(control.name))
      .description(control.does)
      .argument('<run>', 'run id')
      .option('--reason <text>', 'why, for the record');
    if (control.name === 'pause') addPauseOptions(command);
    command.action(async (runId: string, options: ControlOptions) => {
      const run = await apiClient().json<RunJson>(`/runs/${encodeURIComponent(runId)}/${control.route}`, {
        method: 'POST',
        body: bodyOf(options),
      });
      print(options.output, run, () => `${run.id} ${run.is_paused ? 'paused' : run.status}`);
    });
  }
}

function addPauseOptions(command: Command): void {
  command
    .option('--mode <when>', 'agents at work stop after_step (default) or after_turn')
    .option('--timeout <duration>', 'end the pause by itself after this (default 30m; 0 = never)')
    .option('--on-timeout <what>', 'what then: resume (default) or cancel');
}

function bodyOf({ reason, mode, timeout, onTimeout }: ControlOptions): Record<string, string | number> {
  return {
    by: who(),
    ...(reason === undefined ? {} : { reason }),
    ...(mode === undefined ? {} : { mode }),
    ...(timeout === undefined ? {} : { timeout: timeout === '0' ? 0 : timeout }),
    ...(onTimeout === undefined ? {} : { on_timeout: onTimeout }),
  };
}
