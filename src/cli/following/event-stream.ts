/**
 * A run's events, and what its agents say, as they come, over SSE. A lost connection is taken up again after the last
 * one seen, so that each is given once and in order.
 */
import { BatonError } from '../../../packages/client/src/errors.ts';
import { follow as followStream, type Followed } from '../../../packages/client/src/reading/follow.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { EventEnvelope } from '../../contract/event.ts';
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
  for await (const { id, data } of follow(client, `/runs/${encodeURIComponent(runId)}/stream`, options)) {
    yield { id, ...readJson<Omit<ToldPiece, 'id'>>(data) };
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

/** By `@baton/client`, with its errors in the words of the command line. */
async function* follow(
  client: ApiClient,
  path: string,
  { signal, filter = new URLSearchParams(), lastEventId = '0', patience }: FollowOptions,
): AsyncGenerator<Followed> {
  const query = filter.size === 0 ? '' : `?${filter.toString()}`;
  const options = { signal, after: Number(lastEventId), ...(patience !== undefined && { tries: patience }) };
  try {
    yield* followStream(client.transport, `/api/v1${path}${query}`, options);
  } catch (error) {
    throw error instanceof BatonError ? client.errorOf(error) : error;
  }
}
