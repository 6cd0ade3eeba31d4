/**
 * One Socket.IO client: the runs it follows, each from a place of its own. A run's events come in order and each once, but
 * for entries of the thread (event-name.ts); whatever the client sends is answered, and nothing it sends throws.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'socket.io';
import { BatonError, InvalidError } from '../../errors/errors.ts';
import { callerOf } from '../http/caller.ts';
import { parse } from '../http/parse.ts';
import { StreamSubscription, Subscription, Unsubscription } from '../../contract/subscription.ts';
import type { Call, EventSubscription, UseCases } from '../../service/index.ts';
import type { Front } from '../front.ts';
import { eventName, isEntryToo } from './event-name.ts';
import { SocketOutlet } from './socket-outlet.ts';
import { StreamSocket } from './stream-socket.ts';

const MAX_RUNS = 500;
const RETRY_MS = 500;

type Answer =
  | { readonly ok: true; readonly seq?: number }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export class RunSocket {
  readonly #socket: Socket;
  readonly #service: UseCases;
  readonly #front: Front;
  readonly #outlet: SocketOutlet;
  /** By run; aborted when it is left. */
  readonly #followed = new Map<string, AbortController>();
  readonly #streams: StreamSocket;

  constructor(socket: Socket, front: Front) {
    this.#socket = socket;
    this.#front = front;
    this.#service = front.service.for(callOf(socket));
    const { metrics, readerStallMs, log } = front;
    this.#outlet = new SocketOutlet(socket, readerStallMs, () => {
      metrics.countCut();
      log.info(
        { socket: socket.id, runs: [...this.#followed.keys()] },
        'a live reader took nothing: cut off',
      );
    });
    this.#streams = new StreamSocket(this.#outlet, this.#service, front);
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
    handle: (request: unknown, acknowledge: (answer: Answer) => void) => Promise<void>,
  ): Promise<void> {
    const last = sent.at(-1);
    const wanted = typeof last === 'function' ? (last as (answer: Answer) => void) : undefined;
    const acknowledge = (answer: Answer) => wanted?.(answer);
    try {
      await handle(wanted === undefined || sent.length > 1 ? sent[0] : undefined, acknowledge);
    } catch (error) {
      acknowledge(this.#refusal(error));
    }
  }

  #refusal(error: unknown): Answer {
    if (error instanceof BatonError) return { ok: false, code: error.code, detail: error.message };
    this.#front.log.error({ err: error }, 'a subscription failed');
    return { ok: false, code: 'internal', detail: 'Something went wrong inside Baton; its log says what.' };
  }

  /** A run that is followed already is followed anew, from the place that is asked for now. */
  readonly #subscribe = async (request: unknown, acknowledge: (answer: Answer) => void): Promise<void> => {
    const { runId, since } = parse(Subscription, request, 'subscription');
    const { last_seq: newest } = await this.#service.getRunAlone(runId);
    if (since !== undefined && since > newest) throw refuseSince(runId, since, newest);
    this.#leave(runId);
    if (this.#followed.size >= MAX_RUNS) throw refuseMore();
    acknowledge({ ok: true, seq: newest });
    if (!this.#outlet.open) return;
    const gone = new AbortController();
    this.#followed.set(runId, gone);
    this.#front.metrics.countSubscriber('events', 'socket', 1);
    await this.#socket.join(roomOf(runId));
    void this.#pass(runId, since ?? newest, gone.signal).catch((error: unknown) => {
      this.#front.log.error({ err: error, run: runId }, 'events could not be passed on');
      // The client comes back, and says where it was.
      this.#socket.conn.close();
    });
  };

  readonly #unsubscribe = async (request: unknown, acknowledge: (answer: Answer) => void): Promise<void> => {
    const { runId } = parse(Unsubscription, request, 'subscription');
    this.#leave(runId);
    acknowledge({ ok: true });
  };

  readonly #subscribeStream = async (
    request: unknown,
    acknowledge: (answer: Answer) => void,
  ): Promise<void> => {
    const { runId, after, step, turn } = parse(StreamSubscription, request, 'subscription');
    await this.#service.getRunAlone(runId);
    if (!this.#outlet.open) return;
    this.#streams.follow({ runId, after, step, turn });
    acknowledge({ ok: true });
  };

  readonly #unsubscribeStream = async (
    request: unknown,
    acknowledge: (answer: Answer) => void,
  ): Promise<void> => {
    this.#streams.leave(parse(Unsubscription, request, 'subscription').runId);
    acknowledge({ ok: true });
  };

  #leave(runId: string): void {
    const gone = this.#followed.get(runId);
    if (gone === undefined) return;
    this.#followed.delete(runId);
    this.#front.metrics.countSubscriber('events', 'socket', -1);
    void this.#socket.leave(roomOf(runId));
    gone.abort();
  }

  /** Passes events on until the client leaves the run, or has gone: also after it has ended, since it may be continued. */
  async #pass(runId: string, after: number, gone: AbortSignal): Promise<void> {
    const place = { runId, after, full: false, isLasting: true };
    while (this.#outlet.open && !gone.aborted) {
      try {
        return await this.#tell(place, gone);
      } catch (error) {
        this.#front.log.warn({ err: error, run: runId }, 'events cannot be read; trying again');
        await sleep(RETRY_MS, undefined, { signal: gone }).catch(() => undefined);
      }
    }
  }

  /** @param place moves on with each event that is sent */
  async #tell(place: EventSubscription & { after: number }, gone: AbortSignal): Promise<void> {
    for await (const { items } of this.#service.followEvents({ ...place }, gone)) {
      for (const event of items) {
        if (!this.#outlet.open || gone.aborted) return;
        place.after = event.seq;
        const name = eventName(event);
        if (isEntryToo({ ...event, name })) {
          await this.#outlet.send('message:new', { ...event, also: name });
        }
        await this.#outlet.send(name, event);
      }
    }
  }
}

/** A socket's requests read only, and wait for nothing that is done. */
function callOf({ handshake }: Socket): Call {
  const caller = callerOf('socket', handshake.headers, handshake.address);
  return { caller, answerBy: 0, rest: () => undefined };
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
