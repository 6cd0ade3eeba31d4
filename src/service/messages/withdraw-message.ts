/**
 * Takes back what agents have not read: an instruction, or the context of a resume. What is read stays read; the run
 * has the last word, since an agent may begin with the message while the withdrawal is on its way.
 */
import type { JsonObject } from '../../plan/json.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { RunMessage } from '../../contract/message.ts';
import type { Scope } from '../services.ts';
import { messageJson, type MessageRow } from '../views/message.ts';
import { given } from './compose-message.ts';
import { findThreadMessage } from './find-thread-message.ts';
import { ignored } from './refusals.ts';
import { sendCommand } from './send-command.ts';
import type { Taken } from './taken.ts';

/**
 * Answers the message as it is now.
 *
 * @param by who says so
 * @throws NotFoundError `run_not_found`, `message_not_found`; ConflictError `message_read`,
 *   `message_not_withdrawable`, `run_closed`, `run_archived`, `command_refused`; UnavailableError.
 */
export async function withdrawMessage(
  scope: Scope,
  runId: string,
  which: string,
  by: string | undefined,
): Promise<Taken<RunMessage>> {
  scope.call.record?.note({ run: runId, detail: { message_id: which } });
  const message = await findThreadMessage(scope, runId, which);
  if (message.reason_code === 'withdrawn') return { done: true, answer: messageJson(message) };
  const id = assertUnread(message);
  const command = given({ id: crypto.randomUUID(), action: 'withdraw', message: id, by });
  const { receipt } = await sendCommand(scope, runId, command).catch(async (error: unknown) => {
    // Whatever the run said: when it was read meanwhile, that is why.
    assertUnread(await findThreadMessage(scope, runId, id));
    throw error;
  });
  return { done: receipt !== null, answer: messageJson(await findThreadMessage(scope, runId, id)) };
}

/** The id of a message that waits. */
function assertUnread(row: MessageRow): string {
  const { context } = row.metadata as JsonObject;
  const forAgents = row.action_type === 'instruction' || (row.action_type === 'resume' && context != null);
  const name = `Message ${row.message_id ?? row.seq} of run "${row.run_id}"`;
  if (!forAgents || row.message_id === null) {
    const message = `${name} cannot be withdrawn: only instructions can, and only those that have an id.`;
    throw new ConflictError('message_not_withdrawable', message);
  }
  if (row.action_status === 'ignored') throw ignored(row);
  if (row.action_status === 'pending') return row.message_id;
  const readers = row.readers.map(({ step, agent, turn }) => `${agent ?? step} in turn ${turn}`).join(', ');
  const message = `${name} was read already${readers === '' ? '' : `: by ${readers}`}. Send another one.`;
  throw new ConflictError('message_read', message, [], { facts: { message_id: row.message_id } });
}
