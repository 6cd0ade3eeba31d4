/** Runs: started, waited for, followed, and what may be asked of one as a whole. */
import { hasEnded } from '../../../../src/protocol/status.ts';
import type {
  Command,
  CommandAnswer,
  ContinueRun,
  EventEnvelope,
  MessageAnswer,
  PauseCommand,
  RedirectCommand,
  RerunRun,
  Run,
  RunEvent,
  RunNow,
  SetLimits,
  StartRun,
  Step,
  StreamPiece,
} from '../generated.ts';
import { follow, type FollowOptions } from '../reading/follow.ts';
import { Listing } from '../reading/listing.ts';
import { addressOf, newId, type CallInput, type CallOptions, type Calls } from '../sending/calls.ts';
import { pause } from '../sending/limit.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

/** Of what is begun once, however often it is sent. */
export interface KeyOptions extends CallOptions {
  /** Names what is meant; one is made up where none is given. */
  readonly idempotencyKey?: string;
}

type Query<P extends '/api/v1/runs' | '/api/v1/runs/{id}/events' | '/api/v1/runs/{id}/steps'> = NonNullable<
  CallInput<P, 'get'>['query']
>;
export type RunsQuery = Omit<Query<'/api/v1/runs'>, 'cursor'>;
export type EventsQuery = Omit<Query<'/api/v1/runs/{id}/events'>, 'follow' | 'order' | 'before'>;

export interface FollowEvents extends FollowOptions, Omit<EventsQuery, 'after' | 'limit'> {}

export interface FollowWords extends FollowOptions {
  readonly step?: string;
}

/** Looked again so soon where the tables did not show the end yet. */
const LOOK_AGAIN_MS = 250;

export class Runs {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Starts a run. Sent again, also after a lost answer, it is the same run. @throws BatonError */
  async start(body: StartRun, { idempotencyKey = newId(), ...options }: KeyOptions = {}): Promise<Run> {
    return this.#calls.data('post', '/api/v1/runs', {
      ...options,
      body,
      headers: keyed(idempotencyKey, options),
    });
  }

  /**
   * Resolves with the run once it has ended, however: look at `status`. The wait outlasts lost connections and restarts of the
   * server.
   *
   * @throws BatonError when the server refuses or stays away; the reason of `signal`
   */
  async wait(id: string, { signal }: Pick<CallOptions, 'signal'> = {}): Promise<RunNow> {
    for (;;) {
      const run = await this.get(id, { signal });
      if (hasEnded(run)) return run;
      let isTold = false;
      for await (const _ of this.follow(id, { after: run.last_seq, type: 'complete', signal })) {
        isTold = true;
        break;
      }
      signal?.throwIfAborted();
      if (!isTold) await pause(LOOK_AGAIN_MS, signal);
    }
  }

  async startAndWait(body: StartRun, options: KeyOptions = {}): Promise<RunNow> {
    const { id } = await this.start(body, options);
    return this.wait(id, options);
  }

  get(id: string, options: CallOptions = {}): Promise<RunNow> {
    return this.#calls.data('get', '/api/v1/runs/{id}', { ...options, path: { id } });
  }

  /** Runs that fit, page by page as they are gone through. */
  list(query: RunsQuery = {}, options: CallOptions = {}): Listing<RunNow> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/runs', {
        ...options,
        query: { ...query, ...(cursor !== undefined && { cursor }) },
      }),
    );
  }

  steps(id: string, options: CallOptions = {}): Listing<Step> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/runs/{id}/steps', {
        ...options,
        path: { id },
        ...(cursor !== undefined && { query: { cursor } }),
      }),
    );
  }

  /** The whole result of the run, or of a step of it. */
  output(id: string, step?: string, options: CallOptions = {}): Promise<unknown> {
    return step === undefined
      ? this.#calls.data('get', '/api/v1/runs/{id}/output', { ...options, path: { id } })
      : this.#calls.data('get', '/api/v1/runs/{id}/steps/{key}/output', {
          ...options,
          path: { id, key: step },
        });
  }

  /** What has happened so far. */
  events(id: string, query: EventsQuery = {}, options: CallOptions = {}): Listing<RunEvent> {
    return new Listing(async (cursor) => {
      const asked = { ...query, ...(cursor !== undefined && { after: Number(cursor) }) };
      const page = await this.#calls.data('get', '/api/v1/runs/{id}/events', {
        ...options,
        path: { id },
        query: asked,
      });
      return page as { readonly items: RunEvent[]; readonly next_cursor: string | null };
    });
  }

  /** What has happened and happens, each event once and in order, until the run has ended. @throws BatonError */
  async *follow(id: string, options: FollowEvents = {}): AsyncGenerator<EventEnvelope> {
    const { signal, after, tries, eventChars, silenceMs, ...query } = options;
    const path = addressOf('/api/v1/runs/{id}/events', { id }, query);
    for await (const { data } of follow(
      this.#calls.transport,
      path,
      defined({ signal, after, tries, eventChars, silenceMs }),
    ))
      yield this.#calls.transport.read<EventEnvelope>(data);
  }

  /** What its agents say, while they say it: pieces with their position as `id`, first those still there. @throws BatonError */
  async *words(
    id: string,
    { step, ...options }: FollowWords = {},
  ): AsyncGenerator<StreamPiece & { readonly id: number }> {
    const path = addressOf('/api/v1/runs/{id}/stream', { id }, { step });
    for await (const { id: position, data } of follow(this.#calls.transport, path, options))
      yield { ...this.#calls.transport.read<StreamPiece>(data), id: position };
  }

  async pause(
    id: string,
    body: PauseCommand = {},
    options: CallOptions = {},
  ): Promise<Outcome<CommandAnswer>> {
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/pause', {
        ...options,
        path: { id },
        body: named(body),
      }),
    );
  }

  async resume(id: string, body: Command = {}, options: CallOptions = {}): Promise<Outcome<CommandAnswer>> {
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/resume', {
        ...options,
        path: { id },
        body: named(body),
      }),
    );
  }

  async cancel(id: string, body: Command = {}, options: CallOptions = {}): Promise<Outcome<CommandAnswer>> {
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/cancel', {
        ...options,
        path: { id },
        body: named(body),
      }),
    );
  }

  /** Stops the run and starts another one in its place. */
  async redirect(
    id: string,
    body: RedirectCommand,
    options: CallOptions = {},
  ): Promise<Outcome<MessageAnswer>> {
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/redirect', {
        ...options,
        path: { id },
        body: named(body),
      }),
    );
  }

  /** What the run may use up in all. */
  async limit(id: string, body: SetLimits, options: CallOptions = {}): Promise<Outcome<CommandAnswer>> {
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/limits', {
        ...options,
        path: { id },
        body: named(body),
      }),
    );
  }

  /** Goes on with a run that has ended. */
  async continue(
    id: string,
    body: ContinueRun = {},
    { idempotencyKey = newId(), ...options }: KeyOptions = {},
  ): Promise<Outcome<Run>> {
    const headers = keyed(idempotencyKey, options);
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/continue', {
        ...options,
        path: { id },
        body,
        headers,
      }),
    );
  }

  /** Another run of the same plan with the same inputs. */
  rerun(
    id: string,
    body: RerunRun = {},
    { idempotencyKey = newId(), ...options }: KeyOptions = {},
  ): Promise<Run> {
    const headers = keyed(idempotencyKey, options);
    return this.#calls.data('post', '/api/v1/runs/{id}/rerun', { ...options, path: { id }, body, headers });
  }
}

export const keyed = (key: string, { headers }: CallOptions): Record<string, string> => ({
  ...headers,
  'idempotency-key': key,
});

/** With an id of its own, under which it counts once. */
export const named = <T extends { readonly id?: string | undefined }>(body: T): T => ({
  ...body,
  id: body.id ?? newId(),
});

/** Without members that are undefined, so that what is usual stays. */
function defined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
