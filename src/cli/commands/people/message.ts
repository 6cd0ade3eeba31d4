/** Talking to a run: `message`, `withdraw`. */
import type { Command } from 'commander';
import { answerOf } from '../../client/api-client.ts';
import { typesOfRun } from '../../input/inputs.ts';
import { runIn } from '../../client/find-run.ts';
import { messageBody, type MessageWords } from '../../input/message-body.ts';
import type { RunMessage } from '../../../contract/message.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { nextCommand, sendMessage, tellAnswer, waitForReceipt } from '../../input/send-message.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { collect } from '../runs/run.ts';

interface MessageOptions extends FormatOption, Omit<MessageWords, 'text'> {
  readonly by?: string;
  readonly wait?: boolean;
}

export function addMessage(program: Command): void {
  const command = withFormat(program.command('message'))
    .description('say something to a run: to the people who follow it, or to its agents')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[text]', 'what is said; - takes stdin, @file the text of a file')
    .option('--comment', 'for people; acts on nothing (default)')
    .option('--instruction', 'for agents: read before their next turn')
    .option('--pause', 'pause the run; baton pause has more options')
    .option('--resume', 'go on with a paused run')
    .option('--cancel', 'stop the run')
    .option('--redirect', 'stop the run and start another one with a new task');
  addOptions(command);
  command.action(async (run: string, text: string | undefined, options: MessageOptions) => {
    const client = apiClient();
    const runId = await runIn(client, run);
    const body = messageBody({ ...options, text }, await typesOfRun(client, runId, options.i));
    const answer = await sendMessage(client, runId, body, options.by ?? who());
    if (options.wait !== true) {
      tellAnswer(options.output, answer, nextCommand(runId, body.action_type, answer));
      return;
    }
    const message = await waitForReceipt(client, runId, answer.messageId);
    print(
      options.output,
      { ...answer, message },
      () => `${answer.actionTaken} (message ${answer.messageId})`,
    );
  });
}

function addOptions(command: Command): void {
  command
    .option(
      '--to <step-or-agent>',
      'who is meant: key of a step or name of an agent (default: who is at work)',
    )
    .option('--interrupt', 'instruction: stop the model call under way, and begin the next one with it')
    .option('--expires <duration>', 'instruction: ignored if nobody has read it by then, such as 10m')
    .option('--replaces <message>', 'instruction: id of an earlier one that nobody has read')
    .option('--context <text>', 'instruction, resume, redirect: more that agents should know (@file, -)')
    .option('--task <text>', 'redirect: the new task (default: the text)')
    .option('--skip-to <step-or-agent>', 'redirect: begin there, with the results that still hold')
    .option('-i <key=value>', 'redirect: an input that changes; as with baton run', collect, [])
    .option('--id <id>', 'an id of your own: sent again under it, the message counts once')
    .option('--by <name>', 'who says so (default: you)')
    .option('--wait', 'wait until agents have answered it or the run has done it; exit code 1 if ignored');
}

export function addWithdraw(program: Command): void {
  withFormat(program.command('withdraw'))
    .description('take an instruction back that no agent has read')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<message>', 'its id, or its number in the thread')
    .option('--by <name>', 'who says so (default: you)')
    .action(async (run: string, message: string, options: FormatOption & { readonly by?: string }) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const query = new URLSearchParams({ by: options.by ?? who() });
      const path = `/runs/${encodeURIComponent(runId)}/messages/${encodeURIComponent(message)}`;
      const response = await client.raw(`${path}?${query.toString()}`, { method: 'DELETE' });
      const withdrawn = await answerOf<RunMessage>(response);
      const outcome = response.status === ACCEPTED ? 'withdrawal accepted, not read yet' : 'withdrawn';
      print(options.output, withdrawn, () => `${runId}: message ${message} ${outcome}`);
    });
}

/** Temporal has it; the tables do not show what became of it. */
const ACCEPTED = 202;
