/**
 * Where receipts of messages are read, and waited for.
 *
 * All who ask about one run read together, so that hundreds of messages on their way cost one statement at each change
 * and not one each. Waiting never throws: what Temporal has accepted is acknowledged, whether or not the tables can be
 * read now.
 */
import type { Logger } from '../../log/log.ts';
import type { RunChanges } from '../changes/run-changes.ts';
import { findReceipts } from './queries/find-receipts.ts';
import { hintRun } from '../changes/queries/hint-run.ts';
import type { Store } from '../ways/store.ts';
import type { MessageRow } from '../views/message.ts';
import { ReadTogether } from '../changes/read-together.ts';

interface DeskDeps {
  readonly store: Pick<Store, 'all'>;
  readonly changes: Pick<RunChanges, 'subscribe'>;
  readonly log: Pick<Logger, 'warn'>;
  /** How long a message is waited for. */
  readonly waitMs: number;
}

interface Waiting {
  readonly messageId: string;
  readonly deadline: number;
  readonly resolve: (receipt: MessageRow | undefined) => void;
}

/** Those who wait for one run. */
interface Queue {
  waiting: Waiting[];
  executionId: string;
  /** Somebody came since the projector was last hinted at the run. */
  hint: boolean;
  /** Wakes whoever reads for them. */
  readonly wake: () => void;
}

export class ReceiptDesk {
  readonly #deps: DeskDeps;
  readonly #queues = new Map<string, Queue>();
  readonly #looks: ReadTogether<string, ReadonlyMap<string, MessageRow>>;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.#looks = new ReadTogether((runId, ids) => receiptsOf(deps.store, runId, ids));
  }

  /** The receipt that a message has already, if any. @throws UnavailableError `database_unavailable`. */
  async look(runId: string, messageId: string): Promise<MessageRow | undefined> {
    return (await this.#looks.ask(runId, messageId)).get(messageId);
  }

  /** The receipt of a message that Temporal has accepted, or undefined when it is not there in time. */
  wait(run: { readonly id: string; readonly executionId: string }, messageId: string) {
    return new Promise<MessageRow | undefined>((resolve) => {
      const deadline = Date.now() + this.#deps.waitMs;
      const queue = this.#queues.get(run.id);
      if (queue === undefined) return void this.#serve(run, { messageId, deadline, resolve });
      queue.waiting.push({ messageId, deadline, resolve });
      Object.assign(queue, { executionId: run.executionId, hint: true });
      queue.wake();
    });
  }

  async #serve({ id, executionId }: { id: string; executionId: string }, first: Waiting): Promise<void> {
    const { bell, release } = this.#deps.changes.subscribe(id);
    const queue: Queue = { waiting: [first], executionId, hint: true, wake: () => bell.ring() };
    this.#queues.set(id, queue);
    while (queue.waiting.length > 0) {
      const found = await this.#read(id, queue);
      settle(queue, found);
      const next = Math.min(...queue.waiting.map((one) => one.deadline));
      if (queue.waiting.length > 0) await bell.wait(next - Date.now());
    }
    this.#queues.delete(id);
    release();
  }

  /** What there is by message id; null when the tables cannot be read. */
  async #read(runId: string, queue: Queue): Promise<ReadonlyMap<string, MessageRow> | null> {
    const { store, log } = this.#deps;
    try {
      const hint = queue.hint;
      queue.hint = false;
      const ids = queue.waiting.map((one) => one.messageId);
      const hinted = hint ? store.all(hintRun(runId, queue.executionId)) : [];
      const [found] = await Promise.all([receiptsOf(store, runId, ids), hinted]);
      return found;
    } catch (error) {
      const text = 'accepted by Temporal; the tables cannot be read now';
      log.warn({ err: error, run: runId }, text);
      return null;
    }
  }
}

/** By message id. */
async function receiptsOf(
  store: DeskDeps['store'],
  runId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, MessageRow>> {
  const rows = await store.all<MessageRow>(findReceipts(runId, ids));
  return new Map(rows.map((row) => [row.message_id ?? '', row]));
}

/** Lets those go whose receipt is there or whose time is over; everybody when nothing can be read. */
function settle(queue: Queue, found: ReadonlyMap<string, MessageRow> | null): void {
  const now = Date.now();
  const settled = ({ messageId, deadline }: Waiting) =>
    found === null || found.has(messageId) || deadline <= now;
  const going = queue.waiting.filter(settled);
  queue.waiting = queue.waiting.filter((one) => !settled(one));
  for (const one of going) one.resolve(found?.get(one.messageId));
}
