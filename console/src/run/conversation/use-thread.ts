/** The conversation of the run that is shown, read whole and kept in step with its events. */
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { eventPage } from '../../api/queries.ts';
import type { Question, RunEvent, RunMessage } from '../../api/generated.ts';
import { useRun } from '../run-context.tsx';
import { entriesOf, type Entry, type Thread } from './entries.ts';

const PAGE = 1_000;
const READ_EVERY_MS = 200;
const EVENT_TYPES = 'tool_call,tool_response,llm_complete';

const key = (runId: string) => ['run', runId, 'thread'] as const;

/** What is known, with the entries that it makes: those that have not changed stay the same objects. */
interface KnownThread extends Thread {
  readonly entries: readonly Entry[];
}

interface Reading {
  readonly entries: readonly Entry[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

export function useThread(): Reading {
  const { run, following, at } = useRun();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: key(run.id),
    queryFn: ({ signal }) => readThread(run.id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  useEffect(() => {
    const reader = new Reader(queries, run.id);
    const stop = following.listen((event) => reader.take(event.type, event.data));
    return () => {
      stop();
      reader.stop();
    };
  }, [queries, run.id, following.listen, following]);
  const entries = data?.entries;
  const shown = useMemo(
    () => (at === undefined ? entries : entries?.filter(({ seq }) => seq <= at)),
    [entries, at],
  );
  return { entries: shown, error, retry: () => void refetch() };
}

/** Reads what is new after events, at most five times a second. */
class Reader {
  readonly #queries: QueryClient;
  readonly #runId: string;
  readonly #changed = new Set<number>();
  #isAsked = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient, runId: string) {
    this.#queries = queries;
    this.#runId = runId;
  }

  take(type: string, data: unknown): void {
    const { receipt, message } = (data ?? {}) as { readonly receipt?: unknown; readonly message?: unknown };
    if (receipt === true && typeof message === 'number') this.#changed.add(message);
    if (type === 'question') this.#isAsked = true;
    this.#timer ??= setTimeout(() => void this.#read(), READ_EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    const runId = this.#runId;
    const known = this.#queries.getQueryData<KnownThread>(key(runId));
    const changed = [...this.#changed];
    const isAsked = this.#isAsked;
    this.#changed.clear();
    this.#isAsked = false;
    if (known !== undefined) {
      const [messages, events, questions, again] = await Promise.all([
        readMessages(runId, known.messages.at(-1)?.seq ?? 0),
        readEvents(runId, known.events.at(-1)?.seq ?? 0),
        isAsked ? readQuestions(runId) : known.questions,
        Promise.all(changed.map((seq) => readMessage(runId, seq))),
      ]);
      const fresh = new Map(
        again.flatMap((message) => (message === undefined ? [] : [[message.seq, message]])),
      );
      this.#queries.setQueryData<KnownThread>(key(runId), (now = known) => {
        const thread = {
          messages: joined(
            now.messages.map((one) => fresh.get(one.seq) ?? one),
            messages,
          ),
          events: joined(now.events, events),
          questions,
        };
        return { ...thread, entries: entriesOf(thread, now.entries) };
      });
    }
    this.#timer = undefined;
  }
}

/** The new ones behind the old, each once. */
function joined<T extends { readonly seq: number }>(old: readonly T[], fresh: readonly T[]): readonly T[] {
  const last = old.at(-1)?.seq ?? 0;
  return [...old, ...fresh.filter(({ seq }) => seq > last)];
}

async function readThread(runId: string, signal: AbortSignal): Promise<KnownThread> {
  const [messages, events, questions] = await Promise.all([
    readMessages(runId, 0, signal),
    readEvents(runId, 0, signal),
    readQuestions(runId, signal),
  ]);
  const thread = { messages, events, questions };
  return { ...thread, entries: entriesOf(thread) };
}

async function readMessages(
  runId: string,
  after: number,
  signal?: AbortSignal,
): Promise<readonly RunMessage[]> {
  return readAll(after, (from) =>
    dataOf(
      api.GET('/api/v1/runs/{id}/messages', {
        params: { path: { id: runId }, query: { after: from, limit: PAGE } },
        ...(signal !== undefined && { signal }),
      }),
    ),
  );
}

async function readEvents(runId: string, after: number, signal?: AbortSignal): Promise<readonly RunEvent[]> {
  return readAll(after, (from) => eventPage(runId, { after: from, limit: PAGE, type: EVENT_TYPES }, signal));
}

async function readQuestions(runId: string, signal?: AbortSignal): Promise<readonly Question[]> {
  const params = { path: { id: runId }, query: { limit: 200 } };
  return (
    await dataOf(api.GET('/api/v1/runs/{id}/questions', { params, ...(signal !== undefined && { signal }) }))
  ).items;
}

/** Undefined: it could not be had; the one that is known stays. */
async function readMessage(runId: string, seq: number): Promise<RunMessage | undefined> {
  const params = { path: { id: runId, message_id: String(seq) } };
  return dataOf(api.GET('/api/v1/runs/{id}/messages/{message_id}', { params })).catch(() => undefined);
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

async function readAll<T extends { readonly seq: number }>(
  after: number,
  read: (after: number) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let from = after; ;) {
    const page = await read(from);
    items.push(...page.items);
    const last = page.items.at(-1)?.seq;
    if (page.next_cursor === null || last === undefined) return items;
    from = last;
  }
}
