/** `baton redirect`: stops a run and starts another one in its place, with a new task. */
import type { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import { awaitSuccessor } from '../../client/await-receipt.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { messageBody, type MessageWords } from '../../input/message-body.ts';
import type { MessageAnswer } from '../../../contract/message.ts';
import { typesOfRun } from '../../input/inputs.ts';
import { note, withFormat, type FormatOption } from '../../terminal/output.ts';
import { nextCommand, sendMessage, tellAnswer, waitForReceipt } from '../../input/send-message.ts';
import { apiClient } from '../../client/target.ts';
import { noScreen, screenFor, watchRun } from '../../following/watch-run.ts';
import { who } from '../../client/who.ts';
import { collect, finish } from './run.ts';

interface RedirectOptions extends FormatOption, Pick<MessageWords, 'skipTo' | 'context' | 'i' | 'id'> {
  readonly reason?: string;
  readonly by?: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
}

export function addRedirect(program: Command): void {
  withFormat(program.command('redirect'))
    .description('stop a run and start another one in its place, with a new task')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<task>', 'what is to be done instead; - takes stdin, @file the text of a file')
    .option('--skip-to <step-or-agent>', 'begin there, with the results that still hold')
    .option('--context <text>', 'more that agents should know (@file, -)')
    .option('-i <key=value>', 'an input that changes; as with baton run', collect, [])
    .option('--reason <text>', 'why, for the record (default: the task)')
    .option('--id <id>', 'an id of your own: sent again under it, the message counts once')
    .option('--by <name>', 'who says so (default: you)')
    .option('--wait', 'wait for the end of the new run; exit code 1 unless it completed')
    .option('--watch', 'like --wait, and show its steps meanwhile')
    .action(async (run: string, task: string, options: RedirectOptions) => {
      const client = apiClient();
      const { reason, by = who(), wait, watch, output, ...words } = options;
      const runId = await runIn(client, run);
      const types = await typesOfRun(client, runId, words.i);
      const body = messageBody({ ...words, redirect: true, text: reason, task }, types);
      const answer = await sendMessage(client, runId, body, by);
      if (wait !== true && watch !== true) {
        tellAnswer(output, answer, nextCommand(runId, 'redirect', answer));
        return;
      }
      const newRun = await successorOf(client, runId, answer);
      note(`run ${newRun}`);
      const screen = watch === true ? screenFor(process.stderr) : noScreen;
      await finish(client, await watchRun(client, newRun, screen), options);
    });
}

/** @throws CliError when the run would not be redirected after all */
async function successorOf(client: ApiClient, runId: string, answer: MessageAnswer): Promise<string> {
  if (answer.newRunId != null) return answer.newRunId;
  const { action_status: status, reason } = await waitForReceipt(client, runId, answer.messageId);
  if (status !== 'ignored') return awaitSuccessor(client, runId);
  const message = `run ${runId} was not redirected: ${reason ?? 'no reason given'}`;
  throw new CliError(EXIT.failed, message, { code: 'not_redirected' });
}
