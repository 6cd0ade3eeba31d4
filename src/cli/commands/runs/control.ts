/** Commands to a run: `pause`, `resume`, `cancel`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_PAUSE_MODE, PAUSE_MODES } from '../../../protocol/signals.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import { hasEnded } from '../../../protocol/status.ts';
import { cancelText, endedText, stillRunning } from '../../shown/cancel-text.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { messageBody } from '../../input/message-body.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { holdText, pauseText } from '../../shown/pause-text.ts';
import type { Snapshot } from '../../shown/run-tree.ts';
import { sendMessage } from '../../input/send-message.ts';
import { apiClient } from '../../client/target.ts';
import { durationArgument, textArgument } from '../../input/text-argument.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { lookAt, noScreen, watchRun, type Screen } from '../../following/watch-run.ts';
import { who } from '../../client/who.ts';

interface ControlOptions extends FormatOption {
  readonly reason?: string;
  readonly by?: string;
  readonly mode?: string;
  readonly timeout?: string;
  readonly onTimeout?: string;
  readonly context?: string;
  readonly to?: string;
  readonly wait?: boolean;
}

interface Control {
  readonly name: 'pause' | 'resume' | 'cancel';
  /** The API's word. */
  readonly route: string;
  readonly does: string;
  readonly wait: string;
}

const CONTROLS: readonly Control[] = [
  {
    name: 'pause',
    route: 'pause',
    does: 'start nothing else, and bring what runs to rest',
    wait: 'wait until everything has come to rest; exit code 1 if the run ends before',
  },
  {
    name: 'resume',
    route: 'unpause',
    does: 'go on with a paused run',
    wait: 'wait until the run goes on',
  },
  {
    name: 'cancel',
    route: 'cancel',
    does: 'stop a run: running steps are cancelled, nothing else starts',
    wait: 'wait for its end; exit code 1 if it ends otherwise',
  },
];

export function addControls(program: Command): void {
  for (const control of CONTROLS) {
    const command = withFormat(program.command(control.name))
      .description(control.does)
      .argument('<run>', 'run id, the beginning of one, or @latest')
      .argument('[reason]', 'why, for the record; - takes stdin, @file the text of a file')
      .option('--reason <text>', 'the same as an option')
      .option('--by <name>', 'who says so (default: you)')
      .option('--wait', control.wait);
    if (control.name === 'pause') addPauseOptions(command);
    if (control.name === 'resume') addResumeOptions(command);
    command.action(async (words: string, text: string | undefined, options: ControlOptions) => {
      const client = apiClient();
      const asked = { runId: await runIn(client, words), ...control };
      if (control.name === 'cancel') return cancel(client, asked, text, options);
      const sent = await sendControl(client, asked, text, options);
      const run = options.wait === true ? await settled(client, asked, options) : sent.run;
      const known = sent.known || options.wait === true;
      print(options.output, run, () => (known ? stateText(run) : takenText(run, asked)));
      if (control.name === 'pause' && options.output === 'text' && !hasEnded(run)) {
        note(`next: baton resume ${run.id}`);
      }
    });
  }
}

type Asked = Control & { readonly runId: string };

/** Says what was under way, and what becomes of it. */
async function cancel(
  client: ApiClient,
  asked: Asked,
  text: string | undefined,
  options: ControlOptions,
): Promise<void> {
  const before = await lookAt(client, asked.runId);
  const { run, known } = await sendControl(client, asked, text, options);
  if (options.wait === true) await settled(client, asked, options);
  // What the tables do not show yet would read as if nothing had been done.
  const after = known || options.wait === true ? await lookAt(client, asked.runId) : undefined;
  print(options.output, after?.run ?? run, () =>
    after === undefined ? takenText(run, asked) : cancelText(before, after, widthFor(process.stdout)),
  );
  if (options.output === 'text' && after?.run.completed_at == null) note(`next: baton watch ${run.id}`);
}

/** Temporal has the command, and the run will come to it; what became of it stands in the thread. */
function takenText(run: ToldRun, { name }: Control): string {
  const hold = holdText(run);
  const when = hold === null ? 'as soon as it can' : `later: it is ${hold}`;
  return `${run.id} takes the ${name} ${when}: baton thread ${run.id}`;
}

/** The run as it is when what was asked for has come about, or it has ended. Sets the exit code. */
async function settled(
  client: ApiClient,
  { runId, name }: Asked,
  { output }: FormatOption,
): Promise<ToldRun> {
  const isDone = ({ status, is_paused: isPaused, pause }: ToldRun): boolean => {
    if (name === 'cancel') return status === 'cancelled';
    return name === 'resume' ? !isPaused : isPaused && pause !== null && pause.drained >= pause.busy;
  };
  const screen = output === 'json' ? noScreen : whatIsWaitedFor();
  const run = await watchRun(client, runId, screen, (seen) => hasEnded(seen) || isDone(seen));
  const isAsAsked = name === 'resume' || isDone(run);
  if (!isAsAsked) process.exitCode = EXIT.failed;
  return run;
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

/** Says once of each set of steps that it is waited for. */
function whatIsWaitedFor(): Screen {
  let told = '';
  const show = ({ run, steps }: Snapshot): void => {
    const text = hasEnded(run) ? '' : stillRunning(steps);
    if (text !== '' && text !== told) note(`waiting for ${text}`);
    told = text;
  };
  return { show, done: () => undefined };
}

interface Controlled {
  readonly run: ToldRun;
  /** The run has it; otherwise Temporal has, and the run will. */
  readonly known: boolean;
}

async function sendControl(
  client: ApiClient,
  { runId, name, route }: Asked,
  text: string | undefined,
  options: ControlOptions,
): Promise<Controlled> {
  const reason = reasonOf(text, options);
  const { by = who(), context, to } = options;
  const path = `/runs/${encodeURIComponent(runId)}`;
  if (name === 'resume' && (context !== undefined || to !== undefined)) {
    const words = { resume: true, text: reason, i: [], ...options };
    const { message } = await sendMessage(client, runId, messageBody(words), by);
    return { run: await client.json<ToldRun>(path), known: message !== null };
  }
  const said = reason === undefined ? {} : { reason: textArgument(reason, 'the reason') };
  const body = { by, ...said, ...pauseBody(options) };
  const response = await client
    .raw(`${path}/${route}`, { method: 'POST', body })
    .catch((error: unknown) => tellEnded(client, path, name, error));
  return { run: await answerOf<ToldRun>(response), known: response.status !== ACCEPTED };
}

/** Of a run that has ended it is told how, and that nothing was done. */
async function tellEnded(client: ApiClient, path: string, name: string, error: unknown): Promise<never> {
  const isEnd = error instanceof CliError && error.problem['code'] === 'run_closed';
  const run = isEnd ? await client.json<ToldRun>(path).catch(() => undefined) : undefined;
  if (!isEnd || run?.completed_at == null) throw error;
  throw new CliError(error.exitCode, endedText(run, name, Date.now()), { ...error.problem });
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

function stateText(run: ToldRun): string {
  return `${run.id} ${run.is_paused ? pauseText(run, Date.now()) : run.status}`;
}
