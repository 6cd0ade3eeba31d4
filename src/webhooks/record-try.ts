/** Writes down what a try came to, and gives up receivers that nothing has reached for long. */
import { inTransaction, type Database, type DatabaseClient } from '../database/database.ts';
import { delayMs } from './backoff.ts';
import type { Failed, Outcome } from './outcome.ts';
import {
  missPending,
  recordArrival,
  recordFailure,
  releaseNext,
  type Claimed,
  type Try,
} from './queries/deliveries.ts';
import { countDead, forgetFailures, giveUpReceiver, lockReceiver } from './queries/receivers.ts';
import type { Mask } from './settings.ts';

/** So many deliveries given up in a row, and the webhook is. */
const MOST_DEAD = 100;
const GONE = 'The receiver answered 410: it wants nothing any more.';
const DEAD = `${MOST_DEAD} deliveries in a row could not be made, each tried for a day.`;
const MAX_CHARS = 300;

export interface TryMade {
  readonly delivery: Claimed;
  readonly outcome: Outcome;
  readonly startedMs: number;
  readonly owner: string;
}

/** @throws what the database says: the try is made again then, once its lease is over */
export async function recordTry(database: Database, made: TryMade, mask: Mask): Promise<void> {
  const { delivery, outcome, startedMs, owner } = made;
  const one: Try = {
    at: new Date(startedMs).toISOString(),
    status: outcome.status,
    error: outcome.arrived ? null : presentable(mask(outcome.error)),
    ms: Date.now() - startedMs,
  };
  await inTransaction(database, async (client) => {
    await client.query(lockReceiver(delivery.webhook_id));
    if (outcome.arrived) {
      await client.query(recordArrival(delivery.id, one));
      await client.query(forgetFailures(delivery.webhook_id));
    } else await recordMiss(client, delivery, outcome, one, owner);
    if (delivery.attempts === 0) await client.query(releaseNext(delivery.webhook_id, delivery.run_id));
  });
}

async function recordMiss(
  client: DatabaseClient,
  { id, webhook_id: webhook, attempts }: Claimed,
  { retryAfterMs, gone }: Failed,
  one: Try,
  owner: string,
): Promise<void> {
  const delay = delayMs(attempts + 1, retryAfterMs, Math.random());
  const { rows } = await client.query<{ status: string }>(
    recordFailure(id, owner, one, { delayMs: delay, final: gone }),
  );
  if (rows[0]?.status !== 'dead') return;
  if (gone) await client.query(giveUpReceiver(webhook, GONE));
  const { rows: counted } = await client.query<{ enabled: boolean }>(countDead(webhook, MOST_DEAD, DEAD));
  if (counted[0]?.enabled === false) await client.query(missPending(webhook));
}

/** Errors quote what others have said: one line of it, without what acts on a terminal. */
const presentable = (text: string): string =>
  text
    .replaceAll(/[\s\p{Cc}\p{Surrogate}]+/gu, ' ')
    .trim()
    .slice(0, MAX_CHARS);
