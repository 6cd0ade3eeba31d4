/** The errors by which a message to a run is refused, with what programs need to know about it. */
import { ConflictError, type BatonError } from '../../errors/errors.ts';
import { HttpError } from '../../api/http/http-error.ts';
import type { MessageRow } from '../views/message.ts';
import type { Command } from './command.ts';

/** The run read the message and ignored it. */
export function ignored(
  row: Pick<MessageRow, 'run_id' | 'message_id' | 'reason' | 'reason_code'>,
): BatonError {
  const { run_id: runId, reason_code: code } = row;
  const reason = row.reason ?? 'no reason given';
  const members = { message_id: row.message_id ?? undefined, reason, ignored_code: code };
  if (code === 'run_closed') {
    return new HttpError('run_closed', `Run "${runId}" takes no such message any more: ${reason}.`, {
      members,
    });
  }
  return new HttpError('command_refused', `Run "${runId}" refused the command: ${reason}.`, { members });
}

/** The id stands for something else. */
export function idReused(runId: string, { id }: Pick<Command, 'id'>): BatonError {
  const message = `Message "${id}" of run "${runId}" says something else. Take a new id for a new message.`;
  return new HttpError('message_id_reused', message, { members: { message_id: id } });
}

/** Nobody is there to take it. */
export function runClosed(runId: string): BatonError {
  return new ConflictError('run_closed', `Run "${runId}" has ended; it takes no commands any more.`);
}
