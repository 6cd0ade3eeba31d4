/** Sends a message to a run and tells what was done with it. */
import type { ApiClient } from '../client/api-client.ts';
import { awaitReceipt } from '../client/await-receipt.ts';
import { EXIT } from '../exit.ts';
import type { MessageBody } from './message-body.ts';
import type { MessageAnswer, RunMessage } from '../../contract/message.ts';
import { receiptText } from '../shown/message-text.ts';
import { note, print, type Format } from '../terminal/output.ts';

export async function sendMessage(
  client: ApiClient,
  runId: string,
  body: MessageBody,
  by: string,
): Promise<MessageAnswer> {
  const path = `/runs/${encodeURIComponent(runId)}/messages`;
  return client.json<MessageAnswer>(path, { method: 'POST', body: { ...body, by } });
}

/** `Instruction waits for agent code (message 4f…)`, and beside it what can be done next. */
export function tellAnswer(format: Format, answer: MessageAnswer, next: string): void {
  print(format, answer, () => `${answer.actionTaken} (message ${answer.messageId})`);
  if (format === 'text' && next !== '') note(`next: ${next}`);
}

/** What a person may want to do after it. */
export function nextCommand(runId: string, action: string, answer: MessageAnswer): string {
  const isOpen = answer.message === null || answer.message.action_status === 'pending';
  switch (action) {
    case 'instruction':
      return isOpen
        ? `baton thread ${runId} --follow shows who reads it; until then: baton withdraw ${runId} ${answer.messageId}`
        : `baton thread ${runId} --follow`;
    case 'pause':
      return `baton resume ${runId}`;
    case 'redirect':
      return `baton watch ${answer.newRunId ?? runId}`;
    case 'resume':
    case 'cancel':
      return `baton watch ${runId}`;
    default:
      return `baton thread ${runId}`;
  }
}

/** Stays until it is known what became of the message, and sets the exit code: 1 when it was ignored. */
export async function waitForReceipt(
  client: ApiClient,
  runId: string,
  messageId: string,
): Promise<RunMessage> {
  const message = await awaitReceipt(client, { runId, messageId }, (seen) => note(receiptText(seen)));
  if (message.action_status === 'ignored') process.exitCode = EXIT.failed;
  return message;
}
