/**
 * A run's events, and what its agents say, as they come, over SSE. A lost connection is taken up again after the last
 * one seen, so that each is given once and in order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import type { ApiClient } from '../client/api-client.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { EventEnvelope } from '../../contract/event.ts';
import { CliError, EXIT } from '../exit.ts';
import type { ToldPiece } from './stream-view.ts';
import { readJson } from '../../plan/exact-json.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** As the API takes it: `type`, `step`. */
  readonly filter?: URLSearchParams;
  /** Begin after this event. */
  readonly lastEventId?: string;
  /** Give up after so many failed connections in a row; 20 unless told. */
  readonly patience?: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Ends with the last event of a run that has ended, or when `signal` is aborted.
 *
 * @throws CliError when the API refuses, or stays away too long.
 */
export async function* followEvents(
  client: ApiClient,
  runId: string,
  options: FollowOptions,
): AsyncGenerator<EventEnvelope> {
  for await (const { data } of follow(client, `/runs/${encodeURIComponent(runId)}/events`, options)) {
    yield readJson<EventEnvelope>(data);
  }
}

/** What the run's agents say: first what is still there, then what comes. Ends and throws as {@link followEvents}. */
export async function* followPieces(
  client: ApiClient,
  runId: string,
  options: FollowOptions,
): AsyncGenerator<ToldPiece> {
  // Without an id a run whose agents said nothing would be asked for again and again.
  const all = { lastEventId: '0', ...options };
  for await (const { id, data } of follow(client, `/runs/${encodeURIComponent(runId)}/stream`, all)) {
    yield { id: Number(id), ...readJson<Omit<ToldPiece, 'id'>>(data) };
  }
}

/** What has happened so far, page by page. @param filter as the API takes it */
export async function allEvents<T>(client: ApiClient, runId: string, filter: URLSearchParams): Promise<T[]> {
  const events: T[] = [];
  for (let after = '0'; ;) {
    const query = new URLSearchParams([...filter, ['limit', '1000'], ['after', after]]);
    const page = await client.json<Page<T>>(`/runs/${encodeURIComponent(runId)}/events?${query.toString()}`);
    events.push(...page.items);
    if (page.next_cursor === null || page.items.length === 0) return events;
    after = String(page.next_cursor);
  }
}

async function* follow(
  client: ApiClient,
  path: string,
  options: FollowOptions,
): AsyncGenerator<EventSourceMessage> {
  const { signal, patience = 20 } = options;
  let lastEventId = options.lastEventId;
  for (let failures = 0; !signal.aborted;) {
    try {
      const stream = await connect(client, path, lastEventId, options);
      if (stream === undefined) return;
      for await (const message of stream) {
        failures = 0;
        lastEventId = message.id ?? lastEventId;
        yield message;
      }
    } catch (error) {
      if (signal.aborted) return;
      const refused = error instanceof CliError && error.exitCode !== EXIT.unreachable;
      if (refused || ++failures >= patience) throw error;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** undefined when nothing follows `lastEventId`: the run has ended. */
async function connect(
  client: ApiClient,
  path: string,
  lastEventId: string | undefined,
  { signal, filter = new URLSearchParams() }: FollowOptions,
): Promise<AsyncIterable<EventSourceMessage> | undefined> {
  const query = filter.size === 0 ? '' : `?${filter.toString()}`;
  const response = await client.raw(`${path}${query}`, {
    signal,
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  if (response.status === 204 || response.body === null) return undefined;
  return response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}
