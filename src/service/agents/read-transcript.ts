/** The transcript of a session, from its beginning to the head of a branch. */
import type { z } from 'zod';
import type { SessionFilter, SessionMessage } from '../../contract/call.ts';
import { NotFoundError } from '../../errors/errors.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Services } from '../services.ts';
import { fitting, readStored } from '../values/stored-values.ts';
import { refsOf, sessionMessageJson, type SessionMessageRow } from '../views/call.ts';
import type { Store } from '../ways/store.ts';
import { findSessionHead } from './queries/find-session-head.ts';
import { listSessionMessages } from './queries/list-session-messages.ts';

/** A page of entries. @throws NotFoundError `session_not_found`; InvalidError `invalid_cursor` */
export async function readTranscript(
  { store }: Pick<Services, 'store'>,
  sessionId: string,
  { cursor, head: wanted, limit, full }: z.output<typeof SessionFilter>,
): Promise<Page<SessionMessage>> {
  // A page stays on the branch that the first one was of.
  const [depth, branch] = cursor === undefined ? ['-1'] : decodeCursor('transcript', cursor);
  const head = await store.first<{ hash: string }>(findSessionHead(sessionId, branch ?? wanted));
  if (head === undefined) throw sessionNotFound(sessionId, wanted);
  const entries = listSessionMessages(head.hash, { after: Number(depth), limit, all: full });
  const rows = await store.all<SessionMessageRow>(entries);
  const { most, entry } = await entriesOf(store, rows.slice(0, limit), full);
  return pageOf('transcript', rows, most, entry, (row) => [String(row.depth), head.hash]);
}

/** How entries are shown, and how many of them make a page: what tools answered may be large. */
async function entriesOf(store: Store, rows: readonly SessionMessageRow[], full: boolean) {
  const most = full ? await fitting(store, rows.map(refsOf)) : rows.length;
  const stored = await readStored(store, rows.slice(0, most).flatMap(refsOf), full);
  return { most, entry: (row: SessionMessageRow) => sessionMessageJson(row, stored, full) };
}

function sessionNotFound(id: string, head: string | undefined): NotFoundError {
  const what = head === undefined ? `a session "${id}"` : `an entry "${head}" in a session "${id}"`;
  return new NotFoundError('session_not_found', `There is no transcript with ${what}.`);
}
