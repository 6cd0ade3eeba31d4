/** What people say to a run: for people, for its agents, or as a command. */
import type { z } from 'zod';
import type { MessageAnswer, PostMessage, RedirectCommand } from '../../contract/message.ts';
import type { Scope } from '../services.ts';
import { messageJson } from '../views/message.ts';
import { actionTaken } from './action-taken.ts';
import { answerByMessage } from './answer-by-message.ts';
import type { Command } from './command.ts';
import { composeMessage, composeRedirect } from './compose-message.ts';
import { redirectRun } from './redirect-run.ts';
import { sendCommand, type Commanded } from './send-command.ts';
import type { Taken } from './taken.ts';

type MessageTaken = Taken<z.output<typeof MessageAnswer>>;

/** @throws TooLargeError `message_too_large`; as `sendCommand`, `answerByMessage` and `redirectRun` do */
export async function postMessage(scope: Scope, runId: string, body: PostMessage): Promise<MessageTaken> {
  const id = body.id ?? crypto.randomUUID();
  scope.call.record?.note({ action: body.action_type, run: runId, detail: { message_id: id } });
  if (body.action_type === 'answer') {
    const command = { id, action: 'answer' } as const;
    return taken(runId, command, await answerByMessage(scope, runId, body, id));
  }
  return send(scope, runId, composeMessage(body, id));
}

/** Another run takes its place, with a new task. @throws as {@link postMessage} does */
export async function redirectByCommand(
  scope: Scope,
  runId: string,
  body: RedirectCommand,
): Promise<MessageTaken> {
  const id = body.id ?? crypto.randomUUID();
  scope.call.record?.note({ run: runId, detail: { message_id: id } });
  return send(scope, runId, composeRedirect(body, id));
}

async function send(scope: Scope, runId: string, command: Command): Promise<MessageTaken> {
  if (command.action !== 'redirect') return taken(runId, command, await sendCommand(scope, runId, command));
  const { newRunId, ...commanded } = await redirectRun(scope, runId, command);
  return taken(runId, command, commanded, newRunId);
}

/** @param newRunId of a redirect only */
function taken(
  runId: string,
  { id, action }: Pick<Command, 'id' | 'action'>,
  commanded: Commanded,
  newRunId?: string | null,
): MessageTaken {
  const { receipt } = commanded;
  return {
    done: receipt !== null,
    answer: {
      success: true,
      messageId: id,
      actionTaken: actionTaken(action, commanded, newRunId),
      message: receipt && messageJson(receipt),
      run_id: runId,
      ...(newRunId !== undefined && { newRunId }),
    },
  };
}
