/** The conversation of a run, for readers. */
import type { MessageFilter, RunMessage } from '../../contract/message.ts';
import type { Page } from '../cursor.ts';
import { readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { messageJson, type MessageRow } from '../views/message.ts';
import { findThreadMessage } from './find-thread-message.ts';
import { listMessages } from './queries/list-messages.ts';

/** A page of messages; `next_cursor` as of events. @throws NotFoundError `run_not_found` */
export async function readThread(
  services: Services,
  runId: string,
  filter: MessageFilter,
): Promise<Page<RunMessage>> {
  const rows = await services.store.all<MessageRow>(listMessages(runId, filter));
  if (rows.length === 0) await readTarget(services, runId);
  const next = rows.length > filter.limit ? rows[filter.limit - 1]?.seq : undefined;
  return {
    items: rows.slice(0, filter.limit).map(messageJson),
    next_cursor: next === undefined ? null : String(next),
  };
}

/** @throws as {@link findThreadMessage} does */
export async function readMessage(services: Services, runId: string, which: string): Promise<RunMessage> {
  return messageJson(await findThreadMessage(services, runId, which));
}
