/**
 * Where work for nodes is put up, and waited for. One a worker. It looks again whenever somebody tells that something has
 * changed, and once a second; whoever waits here also has waiting work matched, so that no process of its own is needed.
 *
 * Work belongs to its key, and not to the attempt that put it up: an attempt whose worker died, or that lost its contact
 * with Temporal, leaves it where it is, and the next one under the same key finds it still at its node, or done.
 */
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Database } from '../../database/database.ts';
import type { Statement } from '../../database/sql.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import { matchWaiting } from '../../nodes/match-waiting.ts';
import { Lookout } from '../../nodes/lookout.ts';
import {
  attend,
  begin,
  cancel,
  end,
  findEnded,
  putUp,
  type AssignmentRow,
  type Order,
  type Outcome,
} from '../../nodes/queries/assignments.ts';
import { StepFailure } from '../step-failure.ts';
import { withStorage } from '../storage.ts';

/** Calls a node that does not come by itself. Never throws. */
export type CallNode = (address: string, order: Order, signal: AbortSignal) => Promise<Outcome>;

interface DeskDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly call: CallNode;
}

interface Waiting {
  readonly order: Order;
  readonly signal: AbortSignal;
  readonly tell: (row: AssignmentRow) => void;
  /** As it was last seen. */
  row: AssignmentRow | null;
}

/** The attempt that wants it. */
export interface Wanting {
  readonly signal: AbortSignal;
  /** Once aborted: nobody wants the work any more, and it is cancelled. Else it is left to the next attempt. */
  readonly isUnwanted: () => boolean;
}

/** A worker that stops, or that Temporal has lost, leaves the work where it is. */
export function wantingOf(signal: AbortSignal): Wanting {
  const context = Context.current();
  const isUnwanted = () =>
    signal.reason instanceof StepFailure || context.cancellationDetails?.cancelRequested === true;
  return { signal, isUnwanted };
}

export class NodeDesk {
  readonly #deps: DeskDeps;
  readonly #lookout: Lookout;
  /** Stands for this process where it calls nodes. */
  readonly #instance = randomUUID();
  readonly #open = new Map<string, Waiting>();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    // Whoever waits has a deadline of its own, whatever a look comes to.
    this.#lookout = new Lookout({ ...deps, look: () => this.#look() });
  }

  /**
   * The work as it ended: `completed`, `failed`, `lost` or `cancelled`.
   *
   * @throws StepFailure `storage_unavailable`; the signal's reason, with the row as it was last seen in `seen`
   */
  async done(order: Order, wanting: Wanting, seen: (row: AssignmentRow) => void): Promise<AssignmentRow> {
    if (order.attempt > 1) {
      const before = await this.#first<AssignmentRow>(findEnded(order.key));
      if (before !== undefined) return before;
    }
    const put = await this.#first<{ id: string; isNew: boolean }>(putUp(order));
    const id = put?.id ?? order.id;
    try {
      return await this.#ended({ ...order, id }, wanting.signal, seen);
    } finally {
      this.#open.delete(id);
      if (this.#open.size === 0) this.#lookout.rest();
      if (wanting.signal.aborted && wanting.isUnwanted()) await this.#first(cancel(id));
    }
  }

  #ended(order: Order, signal: AbortSignal, seen: (row: AssignmentRow) => void): Promise<AssignmentRow> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      const tell = (row: AssignmentRow) => {
        seen(row);
        if (row.status === 'waiting' || row.status === 'assigned' || row.status === 'running') return;
        signal.removeEventListener('abort', onAbort);
        resolve(row);
      };
      this.#open.set(order.id, { order, signal, tell, row: null });
      this.#lookout.begin();
    });
  }

  async #look(): Promise<void> {
    const isMatched = await matchWaiting(this.#deps.database);
    const { rows } = await this.#deps.database.query<AssignmentRow>(attend([...this.#open.keys()]));
    for (const row of rows) this.#see(row);
    if (!isMatched && rows.some(({ status }) => status === 'waiting')) this.#lookout.soon();
  }

  #see(row: AssignmentRow): void {
    const waiting = this.#open.get(row.id);
    if (waiting === undefined) return;
    const isNews = waiting.row?.status !== row.status;
    waiting.row = row;
    waiting.tell(row);
    if (isNews && row.address !== null) void this.#callFor(waiting, row);
  }

  /** Of a node that does not come by itself. What another process had called is lost with that. */
  async #callFor({ order, signal }: Waiting, row: AssignmentRow): Promise<void> {
    const { address } = row;
    if (address === null) return;
    try {
      if (row.status === 'running' && row.instance !== this.#instance) {
        await this.#first(end(row.id, row.instance ?? '', { status: 'lost', comments: [] }));
      }
      if (row.status !== 'assigned') return;
      if ((await this.#first(begin(row.id, this.#instance))) === undefined) return;
      const outcome = await this.#deps.call(address, order, signal);
      if (!signal.aborted) await this.#first(end(row.id, this.#instance, outcome));
    } catch (error) {
      this.#deps.log.warn({ reason: messageOf(error) }, 'what a node answered is not kept');
    }
  }

  async #first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return (await withStorage(() => this.#deps.database.query<Row>(statement))).rows[0];
  }
}
