/** What agents did: their model calls and their transcripts. */
import { NotFoundError } from '../../errors/errors.ts';
import { decodeCursor, pageOf } from '../cursor.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { findSessionHead } from '../queries/find-session-head.ts';
import { listCalls } from '../queries/list-calls.ts';
import { listSessionMessages } from '../queries/list-session-messages.ts';
import { sumCalls } from '../queries/sum-calls.ts';
import { readTarget } from '../runs/find-target.ts';
import { fitting, readStored } from '../runs/stored-values.ts';
import { CallFilter, CallPage, type CallTotals, SessionFilter, SessionMessage } from '../../contract/call.ts';
import { pageSchema } from '../../contract/common.ts';
import { RunParams, SessionParams } from '../../contract/params.ts';
import type { Store } from '../store.ts';
import { callJson, refsOf, sessionMessageJson, type CallRow, type SessionMessageRow } from '../views/call.ts';

const calls = endpoint({
  method: 'get',
  path: '/runs/:id/calls',
  operation: 'listRunCalls',
  tag: 'agents',
  summary: 'List the model calls of a run, failed and lost ones too, with their sums',
  params: RunParams,
  query: CallFilter,
  responses: {
    200: {
      description: 'A page of calls in the order of their start.',
      schema: CallPage,
    },
  },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params: { id }, query, services: { store }, services }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor('calls', query.cursor);
    const [rows, totals] = await Promise.all([
      store.all<CallRow>(listCalls(id, query, after)),
      store.first<CallTotals>(sumCalls(id, query)) as Promise<CallTotals>,
    ]);
    if (rows.length === 0) await readTarget(services, id);
    return reply(200, { ...pageOf('calls', rows, query.limit, callJson, positionOf), totals });
  },
});

function positionOf({ position, step, epoch, attempt, turn }: CallRow): string[] {
  return [position, step, String(epoch), String(attempt), String(turn)];
}

const transcript = endpoint({
  method: 'get',
  path: '/sessions/:id/messages',
  operation: 'listSessionMessages',
  tag: 'agents',
  summary: 'List the transcript of a session, from its beginning to the head of a branch',
  params: SessionParams,
  query: SessionFilter,
  responses: { 200: { description: 'A page of entries.', schema: pageSchema(SessionMessage) } },
  problems: ['session_not_found', 'invalid_cursor'],
  handle: async ({ params: { id }, query, services: { store } }) => {
    // A page stays on the branch that the first one was of.
    const [depth, branch] = query.cursor === undefined ? ['-1'] : decodeCursor('transcript', query.cursor);
    const head = await store.first<{ hash: string }>(findSessionHead(id, branch ?? query.head));
    if (head === undefined) throw sessionNotFound(id, query.head);
    const { limit, full } = query;
    const entries = listSessionMessages(head.hash, { after: Number(depth), limit, all: full });
    const rows = await store.all<SessionMessageRow>(entries);
    const json = await transcriptJson(store, rows.slice(0, query.limit), query.full);
    const position = (row: SessionMessageRow) => [String(row.depth), head.hash];
    return reply(200, pageOf('transcript', rows, json.most, json.entry, position));
  },
});

/** How entries are shown, and how many of them make a page: what tools answered may be large. */
async function transcriptJson(store: Store, rows: readonly SessionMessageRow[], full: boolean) {
  const most = full ? await fitting(store, rows.map(refsOf)) : rows.length;
  const stored = await readStored(store, rows.slice(0, most).flatMap(refsOf), full);
  return { most, entry: (row: SessionMessageRow) => sessionMessageJson(row, stored, full) };
}

function sessionNotFound(id: string, head: string | undefined): NotFoundError {
  const what = head === undefined ? `a session "${id}"` : `an entry "${head}" in a session "${id}"`;
  return new NotFoundError('session_not_found', `There is no transcript with ${what}.`);
}

export const callRoutes: readonly Endpoint[] = [calls, transcript];
