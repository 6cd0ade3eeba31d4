/**
 * Listens for `NOTIFY baton_hint` (`{run_id, execution_id}`): the API says at once what the sweep would find later.
 * A hint may get lost; nothing depends on one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, DatabaseClient } from '../database/database.ts';
import type { Logger } from '../log/log.ts';
import type { ExecutionId } from '../temporal/history-source.ts';

const RETRY_MS = 500;

export interface HintSettings {
  readonly database: Database;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onHint: (execution: ExecutionId) => void;
  /** Called whenever listening has begun. */
  readonly onListening: () => void;
}

/** Listens until stopped, over lost connections. Never throws. */
export async function listenForHints(settings: HintSettings): Promise<void> {
  const { signal, log } = settings;
  while (!signal.aborted) {
    try {
      await listenOnce(settings);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'listening for hints was cut off; trying again');
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}

async function listenOnce(settings: HintSettings): Promise<void> {
  const client = await settings.database.connect();
  const lost = lossOf(client, settings.signal);
  try {
    client.on('notification', ({ payload }) => {
      const execution = parseHint(payload);
      if (execution !== null) settings.onHint(execution);
    });
    await Promise.race([lost, client.query('listen baton_hint')]);
    settings.onListening();
    await lost;
  } finally {
    client.removeAllListeners('notification');
    // A connection that listens is of no use to others.
    client.release(true);
  }
}

/** Rejects when the connection is lost, resolves when everything stops. */
function lossOf(client: DatabaseClient, signal: AbortSignal): Promise<void> {
  const lost = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('the connection ended')));
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  lost.catch(() => {});
  return lost;
}

/** The execution that a hint names, or null: hints about known runs need nothing. */
export function parseHint(payload: string | undefined): ExecutionId | null {
  try {
    const { run_id, execution_id } = JSON.parse(payload ?? '') as Record<string, unknown>;
    return typeof run_id === 'string' && typeof execution_id === 'string'
      ? { runId: run_id, executionId: execution_id }
      : null;
  } catch {
    return null;
  }
}
