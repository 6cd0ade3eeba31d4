/**
 * Commands on their way to runs, in batches: a flood of single signals starves a run.
 *
 * Per run and process: the first command goes at once, further ones together, at most five signals a second; fewer
 * while many runs are talked to, since each signal costs the server far more than the messages in it; what acts at
 * once, such as a pause, does not wait longer for that. Order is kept. Nothing is stored here: a command is acknowledged only when `send` resolves, which is after Temporal took it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError, messageOf } from '../../errors/errors.ts';
import { jsonBytes, type Json } from '../../plan/json.ts';
import { MAX_BATCH, type SignalMessage } from '../../protocol/signals.ts';

/** Between two batches of a run. */
const INTERVAL_MS = 200;
/** The same for each run that is talked to: about forty signals a second in all. */
const INTERVAL_PER_RUN_MS = 25;
const MAX_INTERVAL_MS = 2_500;
/** Far below what one payload may hold. */
const BATCH_BYTES = 256 * 1024;
/** Commands that may wait for one run. */
const MAX_WAITING = 1_000;
/** Of these together. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** Hands a batch over; false when no open run has this id. */
export type Deliver = (runId: string, messages: readonly SignalMessage[]) => Promise<boolean>;

interface Waiting {
  readonly message: SignalMessage;
  readonly bytes: number;
  readonly resolve: (accepted: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** What waits for one run, and how to end a long breath between its batches. */
interface Lane {
  readonly waiting: Waiting[];
  hurry: () => void;
}

export class CommandOutbox {
  readonly #deliver: Deliver;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #lanes = new Map<string, Lane>();

  /** @param pause the breath between two batches of a run; for tests. */
  constructor(
    deliver: Deliver,
    pause: (ms: number) => Promise<unknown> = (ms) => delay(ms, undefined, { ref: false }),
  ) {
    this.#deliver = deliver;
    this.#pause = pause;
  }

  /**
   * Resolves once Temporal has accepted the message: true, or false when no open run has this id.
   *
   * @throws UnavailableError `command_queue_full`, and whatever the delivery throws.
   */
  send(runId: string, message: SignalMessage): Promise<boolean> {
    const lane = this.#lanes.get(runId);
    if (lane !== undefined && isFull(lane.waiting)) {
      return Promise.reject(refuseMore(runId, lane.waiting, this.#intervalMs()));
    }
    return new Promise((resolve, reject) => {
      const bytes = jsonBytes(message as unknown as Json);
      const waiting = { message, bytes, resolve, reject };
      if (lane !== undefined) {
        lane.waiting.push(waiting);
        if (isUrgent(message)) lane.hurry();
        return;
      }
      const next: Lane = { waiting: [waiting], hurry: () => undefined };
      this.#lanes.set(runId, next);
      void this.#empty(runId, next);
    });
  }

  /** A lane lives until a breath after its last batch, so that the pace holds between calls too. */
  async #empty(runId: string, lane: Lane): Promise<void> {
    const { waiting } = lane;
    while (waiting.length > 0) {
      await this.#deliverBatch(runId, waiting.splice(0, batchLength(waiting)));
      await this.#breathe(lane);
    }
    this.#lanes.delete(runId);
  }

  async #breathe(lane: Lane): Promise<void> {
    const ms = this.#intervalMs();
    const isHurried = lane.waiting.some(({ message }) => isUrgent(message));
    if (ms === INTERVAL_MS || isHurried) return void (await this.#pause(INTERVAL_MS));
    const hurried = new Promise<void>((resolve) => {
      lane.hurry = resolve;
    });
    await Promise.race([this.#pause(ms), hurried.then(() => this.#pause(INTERVAL_MS))]);
  }

  #intervalMs(): number {
    return Math.min(Math.max(INTERVAL_MS, this.#lanes.size * INTERVAL_PER_RUN_MS), MAX_INTERVAL_MS);
  }

  async #deliverBatch(runId: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await this.#deliver(
        runId,
        batch.map((one) => one.message),
      );
      for (const one of batch) one.resolve(accepted);
    } catch (error) {
      for (const one of batch) one.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}

/** Somebody waits for what it does. */
function isUrgent({ action, delivery }: SignalMessage): boolean {
  return delivery === 'interrupt' || (action !== 'comment' && action !== 'instruction');
}

function isFull(lane: readonly Waiting[]): boolean {
  return lane.length >= MAX_WAITING || lane.reduce((sum, { bytes }) => sum + bytes, 0) >= MAX_WAITING_BYTES;
}

/** Says when half of what waits will have gone, so that those who come back find room. */
function refuseMore(runId: string, lane: readonly Waiting[], intervalMs: number): UnavailableError {
  const rest = lane.slice(0, Math.ceil(lane.length / 2));
  let batches = 0;
  for (; rest.length > 0; batches++) rest.splice(0, batchLength(rest));
  const seconds = Math.ceil((batches * intervalMs) / 1_000);
  const text = `${lane.length} messages already wait for run "${runId}". Send this one again in ${seconds} s.`;
  return new UnavailableError('command_queue_full', text, { retryAfterSeconds: seconds });
}

/** How many of the first messages fit into one signal; at least one. */
function batchLength(lane: readonly Waiting[]): number {
  let bytes = 0;
  const fits = lane.slice(0, MAX_BATCH).findIndex((one, at) => {
    bytes += one.bytes;
    return at > 0 && bytes > BATCH_BYTES;
  });
  return fits === -1 ? Math.min(lane.length, MAX_BATCH) : fits;
}
