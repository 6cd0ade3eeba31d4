/**
 * Hears a channel of Postgres (`NOTIFY`) over lost and silent connections.
 *
 * A connection that only listens says nothing by itself, whether nothing happens or nobody is there: so it is asked every
 * few seconds, and given up when it does not answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log/log.ts';
import type { Database, DatabaseClient } from './database.ts';

const RETRY_MS = 500;
const ASK_EVERY_MS = 2_000;
const ANSWER_MS = 3_000;

export interface ListenSettings {
  readonly database: Database;
  /** A plain SQL name. */
  readonly channel: string;
  readonly log: Logger;
  /** Its abort ends the listening. */
  readonly signal: AbortSignal;
  readonly onMessage: (payload: string) => void;
  /** Called whenever listening has begun: what was said before may have been missed. */
  readonly onListening: () => void;
  /** The connection has answered. */
  readonly onAlive?: () => void;
  readonly onLost?: (error: unknown) => void;
}

/** Listens until stopped. Never throws. An outage is logged once. */
export async function listen(settings: ListenSettings): Promise<void> {
  const { signal, log, channel } = settings;
  let isAway = false;
  const onListening = () => {
    if (isAway) log.info({ channel }, 'listening again');
    isAway = false;
    settings.onListening();
  };
  while (!signal.aborted) {
    try {
      await listenOnce({ ...settings, onListening });
    } catch (error) {
      if (signal.aborted) return;
      settings.onLost?.(error);
      if (!isAway) log.warn({ err: error, channel }, 'listening was cut off; trying again');
      isAway = true;
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function listenOnce(settings: ListenSettings): Promise<void> {
  const { channel, signal } = settings;
  const client = await settings.database.connect();
  const { lost, forget } = lossOf(client);
  const over = AbortSignal.any([signal, lost]);
  let whole = false;
  try {
    client.on('notification', ({ payload }) => settings.onMessage(payload ?? ''));
    await client.query(`listen ${channel}`);
    if (!signal.aborted) settings.onListening();
    while (!signal.aborted) {
      await sleep(ASK_EVERY_MS, undefined, { signal: over }).catch(() => {});
      lost.throwIfAborted();
      await client.query(
        question(signal.aborted ? `unlisten ${channel}` : `select 1 -- listens to ${channel}`),
      );
      settings.onAlive?.();
    }
    whole = true;
  } finally {
    client.removeAllListeners('notification');
    forget();
    client.release(!whole);
  }
}

const question = (text: string) => ({ text, query_timeout: ANSWER_MS });

/** Aborted when the connection is lost, until that is forgotten. */
function lossOf(client: DatabaseClient): { readonly lost: AbortSignal; readonly forget: () => void } {
  const lost = new AbortController();
  const onError = (error: Error) => lost.abort(error);
  const onEnd = () => lost.abort(new Error('the connection ended'));
  client.on('error', onError).on('end', onEnd);
  const forget = () => void client.off('error', onError).off('end', onEnd);
  return { lost: lost.signal, forget };
}
