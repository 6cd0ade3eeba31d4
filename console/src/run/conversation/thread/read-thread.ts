/** The conversation of a run, read from the API: from its newest end backwards, and on from what is known. */
import { api, dataOf } from '../../../api/client.ts';
import type { RunMessage } from '../../../api/generated.ts';
import { eventPage, questionsOf } from '../../../api/queries.ts';
import { readAll } from '../../../api/read-all.ts';
import { unsettled, type Piece, type Thread } from './thread.ts';

/** What is read to show the end; what somebody scrolls back to comes in larger pages. */
export const FIRST_PAGE = 400;
const PAGE = 1_000;
const EVENT_TYPES = 'tool_call,tool_response,llm_complete';
/** Of more open receipts the newest are read again. */
const MOST_RECEIPTS = 50;

/**
 * An unbroken part, up to the event before `before`, or up to the newest.
 *
 * @param most messages, and events, that are read at once
 */
export async function readBefore(
  runId: string,
  before: number | undefined,
  most = PAGE,
  signal?: AbortSignal,
): Promise<Piece> {
  const query = { order: 'desc', limit: most, ...(before !== undefined && { before }) } as const;
  const [messages, events] = await Promise.all([
    messagePage(runId, query, signal),
    eventPage(runId, { ...query, type: EVENT_TYPES }, signal),
  ]);
  // As far as both reach.
  const from = Math.max(...[messages, events].map(({ next_cursor: next }) => Number(next ?? 0)));
  const inOrder = <T extends { readonly seq: number }>(items: readonly T[]) =>
    items.filter(({ seq }) => seq >= from).toReversed();
  return { messages: inOrder(messages.items), events: inOrder(events.items), from };
}

/**
 * What has come since.
 *
 * @param changed messages that are to be read again @param isAsked so are the questions
 */
export async function readSince(
  runId: string,
  known: Thread,
  changed: readonly number[],
  isAsked: boolean,
): Promise<Piece> {
  const [messages, events, questions, again] = await Promise.all([
    readAll(known.messages.at(-1)?.seq ?? known.from, (after) => messagePage(runId, { after, limit: PAGE })),
    readAll(known.events.at(-1)?.seq ?? known.from, (after) =>
      eventPage(runId, { after, limit: PAGE, type: EVENT_TYPES }),
    ),
    isAsked ? questionsOf(runId, {}) : known.questions,
    Promise.all(changed.filter((seq) => seq >= known.from).map((seq) => readMessage(runId, seq))),
  ]);
  const bySeq = new Map([...messages, ...again].map((message) => [message.seq, message]));
  return { messages: [...bySeq.values()].toSorted((a, b) => a.seq - b.seq), events, questions };
}

/** What may have changed while nobody told: what has come since, open receipts, questions. */
export function readMissed(runId: string, known: Thread): Promise<Piece> {
  return readSince(runId, known, unsettled(known).slice(-MOST_RECEIPTS), true);
}

interface MessageQuery {
  readonly after?: number;
  readonly before?: number;
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
}

function messagePage(runId: string, query: MessageQuery, signal?: AbortSignal) {
  return dataOf(
    api.GET('/api/v1/runs/{id}/messages', {
      params: { path: { id: runId }, query },
      ...(signal !== undefined && { signal }),
    }),
  );
}

async function readMessage(runId: string, seq: number): Promise<RunMessage> {
  const params = { path: { id: runId, message_id: String(seq) } };
  return dataOf(api.GET('/api/v1/runs/{id}/messages/{message_id}', { params }));
}
