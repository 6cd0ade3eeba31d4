/**
 * The thread of a run, and what is added to it and changes in it as it goes on.
 *
 * Events only say when to look: what is told is always read from the API, so that each message is told once and in
 * order whatever the connection does, also when the API restarts meanwhile. Of its receipt each state is told that it has
 * at a look, once: one that had passed by then is not.
 */
import { isWithin } from '../../plan/address.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { RunMessage } from '../../contract/message.ts';
import { patiently } from '../client/await-receipt.ts';
import { followEvents } from './event-stream.ts';

/** Comma lists; what is not given fits everything. */
export interface ThreadFilter {
  readonly type?: string;
  readonly action?: string;
  readonly status?: string;
  readonly step?: string;
}

export interface Told {
  readonly message: RunMessage;
  /** It was told before, and has another receipt now. */
  readonly again: boolean;
}

/** What stands in the thread; with `follow` also what comes, until the run has ended. */
export async function* readThread(
  client: ApiClient,
  runId: string,
  filter: ThreadFilter,
  follow: boolean,
): AsyncGenerator<Told> {
  const reader = new ThreadReader(client, runId, filter);
  const { last_seq: seq } = await client.json<ToldRun>(runPath(runId));
  yield* reader.newMessages();
  if (!follow) return;
  const following = { signal: new AbortController().signal, lastEventId: String(seq) };
  for await (const event of followEvents(client, runId, following)) {
    if (isReceipt(event.data)) yield* reader.changed(event.data.message, event.seq);
    else if (event.message !== null) yield* reader.newMessages();
  }
  yield* reader.newMessages();
}

class ThreadReader {
  readonly #client: ApiClient;
  readonly #runId: string;
  readonly #filter: ThreadFilter;
  /** Of each message that was told: the event up to which its receipt is known. */
  readonly #told = new Map<number, number>();
  #after = 0;

  constructor(client: ApiClient, runId: string, filter: ThreadFilter) {
    this.#client = client;
    this.#runId = runId;
    this.#filter = filter;
  }

  async *newMessages(): AsyncGenerator<Told> {
    for (let more = true; more;) {
      const page = await this.#page();
      for (const message of page.items) yield* this.#tell(message);
      more = page.next_cursor !== null;
      if (page.next_cursor !== null) this.#after = Math.max(this.#after, Number(page.next_cursor));
    }
  }

  /** @param upTo number of the event that changed it */
  async *changed(seq: number, upTo: number): AsyncGenerator<Told> {
    const known = this.#told.get(seq);
    if (known !== undefined && known >= upTo) return;
    // By place: an id may look like a number.
    const { items } = await this.#read({ after: String(seq - 1), limit: '1' });
    const message = items.find((one) => one.seq === seq);
    if (message === undefined) return;
    if (known !== undefined || fits(message, this.#filter)) yield* this.#tell(message);
  }

  *#tell(message: RunMessage): Generator<Told> {
    const { seq, updated_seq: updated } = message;
    this.#after = Math.max(this.#after, seq);
    const again = this.#told.has(seq);
    this.#told.set(seq, updated);
    yield { message, again };
  }

  #page(): Promise<Page<RunMessage>> {
    const { type, action, status, step } = this.#filter;
    return this.#read({
      after: String(this.#after),
      limit: '1000',
      ...(type !== undefined && { message_type: type }),
      ...(action !== undefined && { action_type: action }),
      ...(status !== undefined && { action_status: status }),
      ...(step !== undefined && { step }),
    });
  }

  #read(query: Readonly<Record<string, string>>): Promise<Page<RunMessage>> {
    const path = `${runPath(this.#runId)}/messages?${new URLSearchParams(query).toString()}`;
    return patiently(() => this.#client.json<Page<RunMessage>>(path));
  }
}

/** Lists are filtered by the API, a single message here. */
function fits(message: RunMessage, { type, action, status, step }: ThreadFilter): boolean {
  const { message_type, action_type, action_status } = message;
  const isOf = (address: string): boolean => message.step !== null && isWithin(message.step, address);
  const told = [
    [type, message_type],
    [action, action_type],
    [status, action_status],
  ];
  return (
    told.every(([list, value]) => list == null || (value != null && words(list).includes(value))) &&
    (step === undefined || words(step).some(isOf))
  );
}

const words = (list: string): string[] => list.split(',').map((word) => word.trim());

/** Of an event that tells what became of a message: the message's number. */
function isReceipt(data: unknown): data is { readonly message: number } {
  const members = typeof data === 'object' && data !== null ? data : {};
  return (
    'receipt' in members &&
    members.receipt === true &&
    'message' in members &&
    typeof members.message === 'number'
  );
}

const runPath = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;
