/**
 * What is known of a conversation: an unbroken part of it, from one event on up to its newest end, or up to a moment of
 * the past. Pieces that are read later join it, before, behind or over what is there. Pure.
 */
import type { Question, RunEvent, RunMessage } from '../../../api/generated.ts';
import { entriesOf, type Entry } from './entries.ts';

export interface Thread {
  readonly messages: readonly RunMessage[];
  /** `tool_call`, `tool_response` and `llm_complete`. */
  readonly events: readonly RunEvent[];
  readonly questions: readonly Question[];
  /** Nothing is missing from this `seq` on; 0: the conversation is here from its beginning. */
  readonly from: number;
}

/** What was read: by `seq`, in order. What is left out stays as it is. */
export type Piece = Partial<Thread>;

/** With the entries that it makes. */
export interface KnownThread extends Thread {
  readonly entries: readonly Entry[];
}

export function threadOf({ messages = [], events = [], questions = [], from = 0 }: Piece): KnownThread {
  const thread = { messages, events, questions, from };
  return { ...thread, entries: entriesOf(thread) };
}

/** Of what is there twice the piece's is newer. Entries that say the same stay the same objects. */
export function joined(known: KnownThread, piece: Piece): KnownThread {
  const thread = {
    messages: united(known.messages, piece.messages ?? []),
    events: united(known.events, piece.events ?? []),
    questions: piece.questions ?? known.questions,
    from: Math.min(known.from, piece.from ?? known.from),
  };
  return { ...thread, entries: entriesOf(thread, known.entries) };
}

/** Messages whose receipts can still change. */
export function unsettled({ messages }: Thread): readonly number[] {
  return messages
    .filter(({ action_status: status }) => status === 'pending' || status === 'acknowledged')
    .map(({ seq }) => seq);
}

type InOrder<T> = readonly (T & { readonly seq: number })[];

function united<T>(old: InOrder<T>, fresh: InOrder<T>): InOrder<T> {
  const [first, last] = [fresh[0]?.seq, fresh.at(-1)?.seq];
  if (first === undefined || last === undefined) return old;
  if (first > (old.at(-1)?.seq ?? -1)) return [...old, ...fresh];
  if (last < (old[0]?.seq ?? 0)) return [...fresh, ...old];
  const bySeq = new Map([...old, ...fresh].map((one) => [one.seq, one]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}
