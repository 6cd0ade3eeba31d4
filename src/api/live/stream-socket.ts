/**
 * What agents say, piece by piece, to one Socket.IO client: of each run that it follows so from a position of its own, as
 * `…/stream` tells it over SSE. Ends with `stream:end`, when the run has ended and all was told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidError } from '../../errors/errors.ts';
import type { StreamSubscription, UseCases } from '../../service/index.ts';
import type { Front } from '../front.ts';
import type { SocketOutlet } from './socket-outlet.ts';

/** Each reads the store of pieces for itself. */
const MAX_STREAMS = 50;
const RETRY_MS = 500;

export class StreamSocket {
  readonly #outlet: SocketOutlet;
  readonly #service: UseCases;
  readonly #front: Front;
  /** By run; aborted when it is left. */
  readonly #followed = new Map<string, AbortController>();

  constructor(outlet: SocketOutlet, service: UseCases, front: Front) {
    this.#outlet = outlet;
    this.#service = service;
    this.#front = front;
  }

  /** A run that is followed already is followed anew. @throws InvalidError when these are too many */
  follow(subscription: StreamSubscription): void {
    const { runId } = subscription;
    this.leave(runId);
    if (this.#followed.size >= MAX_STREAMS) {
      const message = `A socket follows the words of at most ${MAX_STREAMS} runs. Unsubscribe from others first.`;
      throw new InvalidError('invalid_request', message);
    }
    const gone = new AbortController();
    this.#followed.set(runId, gone);
    void this.#pass(subscription, gone.signal).finally(() => {
      if (this.#followed.get(runId) === gone) this.#followed.delete(runId);
    });
  }

  leave(runId: string): void {
    this.#followed.get(runId)?.abort();
    this.#followed.delete(runId);
  }

  leaveAll(): void {
    for (const runId of [...this.#followed.keys()]) this.leave(runId);
  }

  /** Until the run has ended, or is left. Never throws. */
  async #pass(subscription: StreamSubscription, gone: AbortSignal): Promise<void> {
    const { metrics, log } = this.#front;
    const place = { ...subscription };
    metrics.countSubscriber('text', 'socket', 1);
    for (let isOver = false; !isOver && this.#isFollowed(gone);) {
      try {
        await this.#tell(place, gone);
        isOver = true;
      } catch (error) {
        log.warn({ err: error, run: place.runId }, 'pieces cannot be read; trying again');
        await sleep(RETRY_MS, undefined, { signal: gone }).catch(() => undefined);
      }
    }
    metrics.countSubscriber('text', 'socket', -1);
  }

  /** @param place moves on with each piece that is sent */
  async #tell(place: StreamSubscription, gone: AbortSignal): Promise<void> {
    const run = { runId: place.runId, workflowId: place.runId };
    for await (const { items, ended } of this.#service.followPieces({ ...place }, gone)) {
      for (const { position, piece } of items) {
        if (!this.#isFollowed(gone)) return;
        place.after = position;
        await this.#outlet.send('stream:piece', { ...run, id: position, ...piece });
      }
      if (ended && this.#isFollowed(gone)) {
        await this.#outlet.send('stream:end', { ...run, id: place.after });
      }
    }
  }

  #isFollowed(gone: AbortSignal): boolean {
    return this.#outlet.open && !gone.aborted;
  }
}
