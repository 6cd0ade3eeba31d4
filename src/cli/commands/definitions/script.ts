/** `baton script check`: did a run use the answers of a script, all of them and no others? */
import { Argument, type Command } from 'commander';
import { messageOf } from '../../../errors/errors.ts';
import type { ToldRun } from '../../client/told-run.ts';
import type { ModelCall } from '../../../contract/call.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { counted } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { allItems } from '../../following/watch-run.ts';

export function addScript(program: Command): void {
  withFormat(program.command('script'))
    .description("compare a run's model calls with a script; exit code 1 when they do not fit")
    .addArgument(new Argument('<action>', 'what to do').choices(['check']))
    .argument('<file>', 'the script (BATON_SCRIPT)')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .action(async (_: string, file: string, run: string, options: FormatOption) => {
      // Loaded when needed, as everything of the workers.
      const { readScript } = await import('../../../activities/agents/providers/script.ts');
      const { unconsumed, unexpected } = await import('../../../activities/agents/providers/script-use.ts');
      const whole = await readScript(file).catch((error: unknown) => {
        throw new CliError(EXIT.usage, messageOf(error), { code: 'script_error' });
      });
      const client = apiClient();
      const runId = await runIn(client, run);
      const path = `/runs/${encodeURIComponent(runId)}`;
      const { workflow } = await client.json<ToldRun>(path);
      // What answers other workflows is not this run's to use.
      const script = {
        ...whole,
        calls: whole.calls.filter((call) => (call.workflow ?? workflow) === workflow),
      };
      const made = await allItems<ModelCall>(client, `${path}/calls`);
      const calls = made.map(({ step, attempt, turn, requested_model: asked }) => ({
        ...{ workflow, step, attempt, turn },
        ...(asked === null ? {} : { asked }),
      }));
      const verdict = { unconsumed: unconsumed(script, calls), unexpected: unexpected(script, calls) };
      const ok = verdict.unconsumed.length + verdict.unexpected.length === 0;
      if (!ok) process.exitCode = EXIT.failed;
      print(options.output, { ok, ...verdict }, () =>
        [
          ...verdict.unconsumed.map((name) => `not used: ${name}`),
          ...verdict.unexpected.map((name) => `not in the script: ${name}`),
          ...(ok ? [`${counted(calls.length, 'call')}, all as in ${file}`] : []),
        ].join('\n'),
      );
    });
}
