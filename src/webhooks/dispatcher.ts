/**
 * Sends events to whoever wants them: takes what the projector has put out, makes deliveries of it, and tries each until
 * it has arrived or its day is over. Any number of processes may do it side by side: a delivery is leased by one.
 *
 *     page of a history ──▶ outgoing_events ──(who wants it)──▶ webhook_deliveries ──(claim, send, record)──▶ receiver
 *
 * At least once: whoever dies between sending and recording leaves a lease that runs out, and the event is sent again with
 * the same id. Every receiver has places of its own, so none waits for another that is slow or dead.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stepAgent } from '../activities/network/guarded-agent.ts';
import type { Database } from '../database/database.ts';
import { listen } from '../database/listen.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { keyringOf } from '../secrets/keyring.ts';
import { attempt, type AttemptMeans } from './attempt.ts';
import { fanOut } from './fan-out.ts';
import { claimDeliveries, releaseDeliveries, type Claimed } from './queries/deliveries.ts';
import { listDueReceivers } from './queries/receivers.ts';
import type { Receiver } from './receiver.ts';
import { recordTry } from './record-try.ts';
import { publicUrlOf, type Mask, type WebhookConfig } from './settings.ts';

/** Told of by whoever has put something out, or wants something sent at once. */
const CHANNEL = 'baton_outgoing';
/** Retries come due without anybody telling. */
const LOOK_MS = 2_000;
const LEASE_MS = 60_000;
/** Deliveries under way at once to one receiver, in one process. */
const AT_ONCE = 4;
/** To all; each may have one beyond. */
const ALL_AT_ONCE = 128;
/** What a stop lets tries under way come to their end in; the process may have 5 s in all. */
const LAST_MS = 2_000;

export interface DispatchSettings {
  readonly database: Database;
  readonly config: WebhookConfig;
  readonly mask: Mask;
  readonly log: Logger;
  /** Its abort ends it: what is under way has two seconds more, and is given back then. */
  readonly signal: AbortSignal;
}

/** Until stopped. Never throws; an outage is logged once. */
export async function dispatchEvents(settings: DispatchSettings): Promise<void> {
  const dispatcher = new Dispatcher(settings);
  const { database, log, signal } = settings;
  const wake = () => dispatcher.wake();
  await Promise.all([
    listen({ database, channel: CHANNEL, log, signal, onMessage: wake, onListening: wake }),
    dispatcher.run(),
  ]);
}

class Dispatcher {
  readonly #settings: DispatchSettings;
  readonly #owner = `dispatcher-${randomUUID()}`;
  readonly #means: AttemptMeans;
  /** Deliveries under way, by webhook. */
  readonly #busy = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  #wake = new AbortController();

  constructor(settings: DispatchSettings) {
    this.#settings = settings;
    const { config } = settings;
    const { signal } = this.#giveUp;
    const allowPrivate = config.BATON_ALLOW_PRIVATE_NETWORK;
    const keyring = keyringOf(config.BATON_SEALING_KEY);
    this.#means = { config, keyring, signal, allowPrivate, agent: stepAgent({ allowPrivate }) };
  }

  wake(): void {
    this.#wake.abort();
  }

  async run(): Promise<void> {
    const { signal, log } = this.#settings;
    signal.addEventListener('abort', () => this.wake(), { once: true });
    let isAway = false;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (await this.#step()) continue;
        isAway = false;
      } catch (error) {
        if (!isAway) log.warn({ reason: messageOf(error) }, 'events cannot be sent on; trying again');
        isAway = true;
      }
      const over = isAway ? signal : this.#wake.signal;
      await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    }
    await this.#leave();
  }

  /** True when there may be more to do at once. */
  async #step(): Promise<boolean> {
    const { database, config, mask, log } = this.#settings;
    const context = { publicUrl: publicUrlOf(config), mask };
    const events = await fanOut({ database, context, log });
    const claimed = await this.#claim();
    for (const [receiver, delivery] of claimed) {
      const delivering = this.#deliver(receiver, delivery).finally(() => this.#underWay.delete(delivering));
      this.#underWay.add(delivering);
    }
    return events > 0 || claimed.length > 0;
  }

  async #claim(): Promise<readonly (readonly [Receiver, Claimed])[]> {
    const { database } = this.#settings;
    const { rows: due } = await database.query<Receiver>(listDueReceivers);
    const capacities = due
      .map(({ id }) => ({ webhook: id, room: this.#roomFor(id) }))
      .filter(({ room }) => room > 0);
    if (capacities.length === 0) return [];
    const { rows } = await database.query<Claimed>(claimDeliveries(this.#owner, capacities, LEASE_MS));
    const receivers = new Map(due.map((receiver) => [receiver.id, receiver]));
    return rows.flatMap((delivery) => {
      const receiver = receivers.get(delivery.webhook_id);
      return receiver === undefined ? [] : [[receiver, delivery] as const];
    });
  }

  #roomFor(webhook: string): number {
    const own = this.#busy.get(webhook) ?? 0;
    const all = [...this.#busy.values()].reduce((sum, count) => sum + count, 0);
    if (all >= ALL_AT_ONCE) return own === 0 ? 1 : 0;
    return AT_ONCE - own;
  }

  /** Never throws. */
  async #deliver(receiver: Receiver, delivery: Claimed): Promise<void> {
    const { database, mask, log } = this.#settings;
    const { signal } = this.#giveUp;
    this.#count(receiver.id, 1);
    const startedMs = Date.now();
    try {
      const outcome = await attempt(receiver, delivery, this.#means);
      // Given up, not failed.
      if (signal.aborted && !outcome.arrived) return;
      await recordTry(database, { delivery, outcome, startedMs, owner: this.#owner }, mask);
    } catch (error) {
      const about = { webhook: receiver.id, delivery: delivery.id, reason: messageOf(error) };
      log.warn(about, 'what came of a delivery could not be written down; it is made again');
    } finally {
      this.#count(receiver.id, -1);
      this.wake();
    }
  }

  #count(webhook: string, by: 1 | -1): void {
    const count = (this.#busy.get(webhook) ?? 0) + by;
    if (count === 0) this.#busy.delete(webhook);
    else this.#busy.set(webhook, count);
  }

  async #leave(): Promise<void> {
    const { database, log } = this.#settings;
    await Promise.race([Promise.all(this.#underWay), sleep(LAST_MS, undefined, { ref: false })]);
    this.#giveUp.abort();
    await Promise.all(this.#underWay);
    await database.query(releaseDeliveries(this.#owner)).catch((error: unknown) => {
      log.debug({ reason: messageOf(error) }, 'deliveries were not given back; their leases run out');
    });
    await this.#means.agent.destroy();
  }
}
