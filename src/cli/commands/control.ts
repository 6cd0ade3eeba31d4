/** Commands to a run: `pause`, `resume`, `cancel`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_PAUSE_MODE, PAUSE_MODES } from '../../protocol/signals.ts';
import { answerOf, type ApiClient } from '../api-client.ts';
import type { RunJson } from '../api-types.ts';
import { CliError, EXIT } from '../exit.ts';
import { messageBody } from '../message-body.ts';
import { print, withFormat, type FormatOption } from '../output.ts';
import { holdText, pauseText } from '../pause-text.ts';
import { sendMessage } from '../send-message.ts';
import { apiClient } from '../target.ts';
import { durationArgument, textArgument } from '../text-argument.ts';
import { who } from '../who.ts';

interface ControlOptions extends FormatOption {
  readonly reason?: string;
  readonly by?: string;
  readonly mode?: string;
  readonly timeout?: string;
  readonly onTimeout?: string;
  readonly context?: string;
  readonly to?: string;
}

/** The CLI's word and the API's route. */
const CONTROLS = [
  { name: 'pause', route: 'pause', does: 'start nothing else, and bring what runs to rest' },
  { name: 'resume', route: 'unpause', does: 'go on with a paused run' },
  { name: 'cancel', route: 'cancel', does: 'stop a run: running steps are cancelled, nothing else starts' },
] as const;

export function addControls(program: Command): void {
  for (const control of CONTROLS) {
    const command = withFormat(program.command(control.name))
      .description(control.does)
      .argument('<run>', 'run id')
      .argument('[reason]', 'why, for the record; - takes stdin, @file the text of a file')
      .option('--reason <text>', 'the same as an option')
      .option('--by <name>', 'who says so (default: you)');
    if (control.name === 'pause') addPauseOptions(command);
    if (control.name === 'resume') addResumeOptions(command);
    command.action(async (runId: string, text: string | undefined, options: ControlOptions) => {
      const { run, known } = await sendControl(apiClient(), { runId, ...control }, text, options);
      print(options.output, run, () => (known ? stateText(run) : takenText(run)));
    });
  }
}

function addPauseOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--mode <when>',
        'agents stop after the turn under way (after_turn), go on to the end of their step (after_step), or ' +
          `everything under way is stopped (now); default ${DEFAULT_PAUSE_MODE}`,
      ).choices(PAUSE_MODES),
    )
    .option('--timeout <duration>', 'end the pause by itself after this (default 30m; 0 = never)')
    .addOption(
      new Option('--on-timeout <what>', 'what then: resume (default) or cancel').choices([
        'resume',
        'cancel',
      ]),
    );
}

function addResumeOptions(command: Command): void {
  command
    .option('--context <text>', 'what agents are told when they go on (@file, -)')
    .option('--to <step-or-agent>', 'with --context: who is told (default: who is at work)');
}

interface Controlled {
  readonly run: RunJson;
  /** The run has it; otherwise Temporal has, and the run will. */
  readonly known: boolean;
}

async function sendControl(
  client: ApiClient,
  { runId, name, route }: { readonly runId: string; readonly name: string; readonly route: string },
  text: string | undefined,
  options: ControlOptions,
): Promise<Controlled> {
  const reason = reasonOf(text, options);
  const { by = who(), context, to } = options;
  const path = `/runs/${encodeURIComponent(runId)}`;
  if (name === 'resume' && (context !== undefined || to !== undefined)) {
    const words = { resume: true, text: reason, i: [], ...options };
    const { message } = await sendMessage(client, runId, messageBody(words), by);
    return { run: await client.json<RunJson>(path), known: message !== null };
  }
  const said = reason === undefined ? {} : { reason: textArgument(reason, 'the reason') };
  const body = { by, ...said, ...pauseBody(options) };
  const response = await client.raw(`${path}/${route}`, { method: 'POST', body });
  return { run: await answerOf<RunJson>(response), known: response.status !== ACCEPTED };
}

/** Temporal has the command; the tables do not show what became of it. */
const ACCEPTED = 202;

function reasonOf(text: string | undefined, { reason }: ControlOptions): string | undefined {
  if (text === undefined || reason === undefined) return text ?? reason;
  throw new CliError(EXIT.usage, 'the reason is given twice: as an argument and by --reason');
}

function pauseBody({ mode, timeout, onTimeout }: ControlOptions): Record<string, string | number> {
  return {
    ...(mode !== undefined && { mode }),
    ...(timeout !== undefined && { timeout: durationArgument(timeout, '--timeout') }),
    ...(onTimeout !== undefined && { on_timeout: onTimeout }),
  };
}

function takenText(run: RunJson): string {
  const hold = holdText(run);
  return hold === null ? `${run.id} takes it; see baton thread` : `${run.id} will take it; it is ${hold}`;
}

function stateText(run: RunJson): string {
  return `${run.id} ${run.is_paused ? pauseText(run, Date.now()) : run.status}`;
}
