/** The errors by which a message to a run is refused, with what programs need to know about it. */
import { ConflictError } from '../../errors/errors.ts';
import type { MessageRow } from '../views/message.ts';
import type { Command } from './command.ts';

/** The run read the message and ignored it. */
export function ignored(
  row: Pick<MessageRow, 'run_id' | 'message_id' | 'reason' | 'reason_code'>,
): ConflictError {
  const { run_id: runId, reason_code: code } = row;
  const reason = row.reason ?? 'no reason given';
  const facts = { message_id: row.message_id ?? undefined, reason, ignored_code: code };
  if (code === 'run_closed') {
    const message = `Run "${runId}" takes no such message any more: ${reason}.`;
    return new ConflictError('run_closed', message, [], { facts });
  }
  return new ConflictError('command_refused', `Run "${runId}" refused the command: ${reason}.`, [], {
    facts,
  });
}

/** The id stands for something else. */
export function idReused(runId: string, { id }: Pick<Command, 'id'>): ConflictError {
  const message = `Message "${id}" of run "${runId}" says something else. Take a new id for a new message.`;
  return new ConflictError('message_id_reused', message, [], { facts: { message_id: id } });
}

/** Nobody is there to take it. */
export function runClosed(runId: string): ConflictError {
  return new ConflictError('run_closed', `Run "${runId}" has ended; it takes no commands any more.`);
}
