/**
 * One Socket.IO client: the runs it follows, each from a place of its own. A run's events come in order and each once, but
 * for entries of the thread (event-name.ts); whatever the client sends is answered, and nothing it sends throws.
 */
import type { Socket } from 'socket.io';
import { BatonError, InvalidError } from '../../errors/errors.ts';
import { parse } from '../http/parse.ts';
import { readTarget } from '../runs/find-target.ts';
import {
  StreamSubscription,
  Subscription,
  Unsubscription,
  type SocketAnswer,
} from '../../contract/socket.ts';
import type { Services } from '../services.ts';
import { envelopeOf } from '../views/event.ts';
import { eventName, isEntryToo } from './event-name.ts';
import type { Follower } from './run-feeds.ts';
import { SocketOutlet } from './socket-outlet.ts';
import { StreamSocket } from './stream-socket.ts';

const MAX_RUNS = 500;
const LOOK_MS = 60_000;
const RETRY_MS = 500;

export class RunSocket {
  readonly #socket: Socket;
  readonly #services: Services;
  readonly #outlet: SocketOutlet;
  readonly #followed = new Map<string, Follower>();
  readonly #streams: StreamSocket;

  constructor(socket: Socket, services: Services) {
    this.#socket = socket;
    this.#services = services;
    const { metrics, readerStallMs, log } = services;
    this.#outlet = new SocketOutlet(socket, readerStallMs, () => {
      metrics.countCut();
      log.info(
        { socket: socket.id, runs: [...this.#followed.keys()] },
        'a live reader took nothing: cut off',
      );
    });
    this.#streams = new StreamSocket(this.#outlet, services);
    metrics.countSocket(1);
    const requests = {
      'subscribe:workflow': this.#subscribe,
      'unsubscribe:workflow': this.#unsubscribe,
      'subscribe:stream': this.#subscribeStream,
      'unsubscribe:stream': this.#unsubscribeStream,
    };
    for (const [name, handle] of Object.entries(requests)) {
      socket.on(name, (...sent: unknown[]) => void this.#answer(sent, handle));
    }
    socket.once('disconnect', () => {
      metrics.countSocket(-1);
      this.#streams.leaveAll();
      for (const runId of [...this.#followed.keys()]) this.#leave(runId);
    });
  }

  /** Answers where the client wants an answer: with a function as its last argument. */
  async #answer(
    sent: readonly unknown[],
    handle: (request: unknown, acknowledge: (answer: SocketAnswer) => void) => Promise<void>,
  ): Promise<void> {
    const last = sent.at(-1);
    const wanted = typeof last === 'function' ? (last as (answer: SocketAnswer) => void) : undefined;
    const acknowledge = (answer: SocketAnswer) => wanted?.(answer);
    try {
      await handle(wanted === undefined || sent.length > 1 ? sent[0] : undefined, acknowledge);
    } catch (error) {
      acknowledge(this.#refusal(error));
    }
  }

  #refusal(error: unknown): SocketAnswer {
    if (error instanceof BatonError) return { ok: false, code: error.code, detail: error.message };
    this.#services.log.error({ err: error }, 'a subscription failed');
    return { ok: false, code: 'internal', detail: 'Something went wrong inside Baton; its log says what.' };
  }

  /** A run that is followed already is followed anew, from the place that is asked for now. */
  readonly #subscribe = async (
    request: unknown,
    acknowledge: (answer: SocketAnswer) => void,
  ): Promise<void> => {
    const { runId, since } = parse(Subscription, request, 'subscription');
    const { run } = await readTarget(this.#services, runId);
    const newest = run.last_seq;
    if (since !== undefined && since > newest) throw refuseSince(runId, since, newest);
    this.#leave(runId);
    if (this.#followed.size >= MAX_RUNS) throw refuseMore();
    acknowledge({ ok: true, seq: newest });
    if (!this.#outlet.open) return;
    const follower = this.#services.feeds.follow(runId, since ?? newest);
    this.#followed.set(runId, follower);
    this.#services.metrics.countSubscriber('events', 'socket', 1);
    await this.#socket.join(roomOf(runId));
    void this.#pass(runId, follower).catch((error: unknown) => {
      this.#services.log.error({ err: error, run: runId }, 'events could not be passed on');
      // The client comes back, and says where it was.
      this.#socket.conn.close();
    });
  };

  readonly #unsubscribe = async (
    request: unknown,
    acknowledge: (answer: SocketAnswer) => void,
  ): Promise<void> => {
    const { runId } = parse(Unsubscription, request, 'subscription');
    this.#leave(runId);
    acknowledge({ ok: true });
  };

  readonly #subscribeStream = async (
    request: unknown,
    acknowledge: (answer: SocketAnswer) => void,
  ): Promise<void> => {
    const { runId, after, step, turn } = parse(StreamSubscription, request, 'subscription');
    await readTarget(this.#services, runId);
    if (!this.#outlet.open) return;
    this.#streams.follow({ runId, after, step, turn });
    acknowledge({ ok: true });
  };

  readonly #unsubscribeStream = async (
    request: unknown,
    acknowledge: (answer: SocketAnswer) => void,
  ): Promise<void> => {
    this.#streams.leave(parse(Unsubscription, request, 'subscription').runId);
    acknowledge({ ok: true });
  };

  #leave(runId: string): void {
    const follower = this.#followed.get(runId);
    if (follower === undefined) return;
    this.#followed.delete(runId);
    this.#services.metrics.countSubscriber('events', 'socket', -1);
    void this.#socket.leave(roomOf(runId));
    follower.leave();
    follower.bell.ring();
  }

  /** Passes events on until the client leaves the run, or has gone. */
  async #pass(runId: string, follower: Follower): Promise<void> {
    const follows = () => this.#outlet.open && this.#followed.get(runId) === follower;
    while (follows()) {
      const page = await follower.next().catch((error: unknown) => {
        this.#services.log.warn({ err: error, run: runId }, 'events cannot be read; trying again');
        return undefined;
      });
      for (const event of page?.events ?? []) {
        if (!follows()) return;
        const envelope = envelopeOf(event);
        const name = eventName(envelope);
        if (isEntryToo({ ...envelope, name })) {
          await this.#outlet.send('message:new', { ...envelope, also: name });
        }
        await this.#outlet.send(name, envelope);
      }
      if (page === undefined) await follower.bell.wait(RETRY_MS);
      else if (page.atHead && follows()) await follower.bell.wait(LOOK_MS);
    }
  }
}

/** Says who follows a run. Events do not go to the room as a whole: each member has his own place. */
function roomOf(runId: string): string {
  return `run:${runId}`;
}

function refuseSince(runId: string, since: number, newest: number): InvalidError {
  const message = `\`since\` is ${since}, and the newest event of run "${runId}" is ${newest}. Give the seq of an event.`;
  return new InvalidError('invalid_request', message);
}

function refuseMore(): InvalidError {
  const message = `A socket follows at most ${MAX_RUNS} runs. Unsubscribe from others, or open a second one.`;
  return new InvalidError('invalid_request', message);
}
