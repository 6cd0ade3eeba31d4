/** Finds one message of a run. */
import { NotFoundError } from '../../errors/errors.ts';
import { findMessage } from './queries/find-message.ts';
import type { Services } from '../services.ts';
import type { MessageRow } from '../views/message.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';

/**
 * The message by its id, else by its `seq`.
 *
 * @throws NotFoundError `run_not_found`, `message_not_found`; ConflictError `run_archived`.
 */
export async function findThreadMessage(
  services: Services,
  runId: string,
  which: string,
): Promise<MessageRow> {
  const row = await services.store.first<MessageRow>(findMessage(runId, which));
  if (row !== undefined) return row;
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  throw new NotFoundError('message_not_found', `Run "${runId}" has no message "${which}".`);
}
