/**
 * What agents say, piece by piece, to one Socket.IO client: of each run that it follows so from a position of its own, as
 * `…/stream` tells it over SSE. Ends with `stream:end`, when the run has ended and all was told.
 */
import { InvalidError } from '../../errors/errors.ts';
import {
  followPieces,
  type StreamSink,
  type StreamSubscription,
} from '../../service/stream/follow-stream.ts';
import type { Services } from '../../service/services.ts';
import { pieceJson } from '../../service/views/stream.ts';
import { Bell } from '../../service/changes/bell.ts';
import type { SocketOutlet } from './socket-outlet.ts';

/** Each reads the store of pieces for itself. */
const MAX_STREAMS = 50;
const RETRY_MS = 500;

export class StreamSocket {
  readonly #outlet: SocketOutlet;
  readonly #services: Services;
  /** By run; what is no longer here is left. */
  readonly #followed = new Map<string, Bell>();

  constructor(outlet: SocketOutlet, services: Services) {
    this.#outlet = outlet;
    this.#services = services;
  }

  /** A run that is followed already is followed anew. @throws InvalidError when these are too many */
  follow(subscription: StreamSubscription): void {
    const { runId } = subscription;
    this.leave(runId);
    if (this.#followed.size >= MAX_STREAMS) {
      const message = `A socket follows the words of at most ${MAX_STREAMS} runs. Unsubscribe from others first.`;
      throw new InvalidError('invalid_request', message);
    }
    const bell = new Bell();
    this.#followed.set(runId, bell);
    void this.#pass(subscription, bell);
  }

  leave(runId: string): void {
    const bell = this.#followed.get(runId);
    this.#followed.delete(runId);
    bell?.ring();
  }

  leaveAll(): void {
    for (const runId of [...this.#followed.keys()]) this.leave(runId);
  }

  /** Never throws. */
  async #pass(subscription: StreamSubscription, bell: Bell): Promise<void> {
    const { runId } = subscription;
    const run = { runId, workflowId: runId };
    const isFollowed = () => this.#outlet.open && this.#followed.get(runId) === bell;
    let last = subscription.after;
    const sink: StreamSink = {
      by: 'socket',
      get open() {
        return isFollowed();
      },
      send: async (events) => {
        for (const event of events) {
          if (!isFollowed()) return;
          last = event.position;
          await this.#outlet.send('stream:piece', { ...run, id: last, ...pieceJson(event) });
        }
      },
      rest: async () => undefined,
    };
    while (isFollowed() && !this.#services.closing.aborted) {
      try {
        if (!(await followPieces(this.#services, { ...subscription, after: last }, sink, bell))) return;
        if (isFollowed()) await this.#outlet.send('stream:end', { ...run, id: last });
        if (this.#followed.get(runId) === bell) this.#followed.delete(runId);
        return;
      } catch (error) {
        this.#services.log.warn({ err: error, run: runId }, 'pieces cannot be read; trying again');
        await bell.wait(RETRY_MS);
      }
    }
  }
}
