/** The conversation of a run: what people and agents say, with receipts. */
import { isDone } from '../../../../src/protocol/status.ts';
import { BatonError } from '../errors.ts';
import type { MessageAnswer, PostMessage, RunMessage } from '../generated.ts';
import { Listing } from '../reading/listing.ts';
import type { CallInput, CallOptions, Calls } from '../sending/calls.ts';
import { pause } from '../sending/limit.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { named } from './runs.ts';

export type MessagesQuery = Omit<
  NonNullable<CallInput<'/api/v1/runs/{id}/messages', 'get'>['query']>,
  'order' | 'before'
>;

const FIRST_LOOK_MS = 200;
const LAST_LOOK_MS = 2_000;

export class Messages {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Says something to a run. Sent again it counts once. @throws BatonError `command_refused` when the run says no */
  async send(runId: string, body: PostMessage, options: CallOptions = {}): Promise<Outcome<MessageAnswer>> {
    const path = { id: runId };
    return outcomeOf(
      await this.#calls.call('post', '/api/v1/runs/{id}/messages', { ...options, path, body: named(body) }),
    );
  }

  list(runId: string, query: MessagesQuery = {}, options: CallOptions = {}): Listing<RunMessage> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/runs/{id}/messages', {
        ...options,
        path: { id: runId },
        query: { ...query, ...(cursor !== undefined && { after: Number(cursor) }) },
      }),
    );
  }

  /** @param message its id, or its number in the thread */
  get(runId: string, message: string, options: CallOptions = {}): Promise<RunMessage> {
    const path = { id: runId, message_id: message };
    return this.#calls.data('get', '/api/v1/runs/{id}/messages/{message_id}', { ...options, path });
  }

  /** Takes back an instruction that no agent has read. */
  async withdraw(
    runId: string,
    message: string,
    options: CallOptions & { readonly by?: string } = {},
  ): Promise<Outcome<RunMessage>> {
    const { by, ...rest } = options;
    const path = { id: runId, message_id: message };
    const query = by === undefined ? {} : { by };
    return outcomeOf(
      await this.#calls.call('delete', '/api/v1/runs/{id}/messages/{message_id}', { ...rest, path, query }),
    );
  }

  /**
   * Resolves with the message once agents have answered it, the run has done it, or it was ignored.
   *
   * @throws BatonError; the reason of `signal`
   */
  async settled(
    runId: string,
    message: string,
    { signal }: Pick<CallOptions, 'signal'> = {},
  ): Promise<RunMessage> {
    for (let ms = FIRST_LOOK_MS; ; ms = Math.min(LAST_LOOK_MS, ms * 1.5)) {
      const found = await this.get(runId, message, { signal }).catch(unlessUnknown);
      if (found !== undefined && isDone(found.action_status)) return found;
      await pause(ms, signal);
    }
  }
}

/** Temporal has it; the tables do not show it yet. */
function unlessUnknown(error: unknown): undefined {
  if (error instanceof BatonError && error.code === 'message_not_found') return undefined;
  throw error;
}
