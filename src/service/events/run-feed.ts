/**
 * The newest events of one run, read once for all who follow it in this process.
 *
 * While it has followers, the feed reads each new event from Postgres once, woken by NOTIFY, and keeps the last few.
 * Every follower has a place of its own and asks for what comes after it: from the feed's memory at the head, from
 * Postgres further back. So a follower that is slow, or comes late, costs nobody anything and misses nothing.
 */
import type { Logger } from '../../log/log.ts';
import { isWithin } from '../../plan/address.ts';
import { findRunStatus } from '../runs/queries/find-run-status.ts';
import type { EventChoice } from './queries/list-events.ts';
import { listLiveEvents } from './queries/list-live-events.ts';
import { CLOSED_STATUSES } from '../../contract/run.ts';
import type { Store } from '../ways/store.ts';
import type { LiveEventRow } from '../views/event.ts';
import type { Bell } from '../changes/bell.ts';
import type { RunChanges } from '../changes/run-changes.ts';

/** Events of one read. */
const PAGE = 500;
/** Events that are kept. */
const WINDOW = 256;
/** Covers a notification that got lost. */
const LOOK_MS = 15_000;
const RETRY_MS = 500;

export interface FeedPage {
  /** In order. */
  readonly events: readonly LiveEventRow[];
  /** The place to go on from; greater than the last event's seq where later ones were not chosen. */
  readonly upTo: number;
  /** Nothing more is known at the moment. */
  readonly atHead: boolean;
  /** The run has ended, and this is all of it. */
  readonly ended: boolean;
}

export interface FeedDeps {
  readonly store: Store;
  readonly changes: RunChanges;
  readonly log: Logger;
}

export class RunFeed {
  readonly #runId: string;
  readonly #deps: FeedDeps;
  readonly #followers = new Set<Bell>();
  readonly #changed: { readonly bell: Bell; readonly release: () => void };
  /** The last events up to the head, without a gap. */
  #window: LiveEventRow[] = [];
  /** Every event up to it has been read or is older than this feed; undefined before the first read. */
  #head: number | undefined;
  /** The window holds every event after this one. */
  #floor = 0;
  #closed = false;

  constructor(runId: string, deps: FeedDeps) {
    this.#runId = runId;
    this.#deps = deps;
    this.#changed = deps.changes.subscribe(runId);
    void this.#keepUp();
  }

  get followed(): boolean {
    return this.#followers.size > 0;
  }

  /** Rings `bell` whenever there may be more to read. */
  add(bell: Bell): void {
    this.#followers.add(bell);
  }

  /** The feed ends when its last follower has gone, and is then of no use any more. */
  remove(bell: Bell): void {
    this.#followers.delete(bell);
    if (!this.followed) this.#changed.release();
    this.#changed.bell.ring();
  }

  /** What follows `after`, at most a page. @throws UnavailableError for what only Postgres has. */
  async read(after: number, choice: EventChoice): Promise<FeedPage> {
    const head = this.#head;
    if (head === undefined) return { events: [], upTo: after, atHead: true, ended: false };
    if (after < this.#floor) return this.#readStored(after, choice, head);
    const events = this.#window.filter((event) => event.seq > after && fits(event, choice));
    return { events, upTo: Math.max(after, head), atHead: true, ended: this.#closed };
  }

  async #readStored(after: number, choice: EventChoice, head: number): Promise<FeedPage> {
    const selection = { ...choice, runId: this.#runId, after, limit: PAGE };
    const events = await this.#deps.store.all<LiveEventRow>(listLiveEvents(selection));
    const last = events.at(-1)?.seq ?? after;
    // A page that is not full says that nothing else up to the head was chosen: the head was read before.
    const upTo = events.length < PAGE ? Math.max(last, head) : last;
    return { events, upTo, atHead: false, ended: false };
  }

  /** Reads as long as somebody follows. Never throws. */
  async #keepUp(): Promise<void> {
    // Whoever made the feed adds himself first.
    await Promise.resolve();
    while (this.followed) {
      const good = await this.#catchUp().catch((error: unknown) => {
        this.#deps.log.warn({ err: error, run: this.#runId }, 'events cannot be read; trying again');
        return undefined;
      });
      await this.#changed.bell.wait(good === undefined ? RETRY_MS : LOOK_MS);
    }
  }

  /** The run is looked at before its events: what ended it is then among them. */
  async #catchUp(): Promise<true> {
    const { store } = this.#deps;
    const run = await store.first<{ status: string; last_seq: number }>(findRunStatus(this.#runId));
    let head = this.#head ?? run?.last_seq ?? 0;
    if (this.#head === undefined) this.#floor = head;
    for (let full = true; full;) {
      const selection = { runId: this.#runId, after: head, limit: PAGE };
      const page = await store.all<LiveEventRow>(listLiveEvents(selection));
      full = page.length === PAGE;
      head = page.at(-1)?.seq ?? head;
      this.#take(page, head, !full && run !== undefined && CLOSED_STATUSES.has(run.status));
    }
    return true;
  }

  #take(page: readonly LiveEventRow[], head: number, closed: boolean): void {
    const news = page.length > 0 || this.#head === undefined || closed !== this.#closed;
    const all = [...this.#window, ...page];
    const dropped = all.length > WINDOW ? all[all.length - WINDOW - 1] : undefined;
    this.#floor = dropped?.seq ?? this.#floor;
    this.#window = all.slice(-WINDOW);
    this.#head = head;
    this.#closed = closed;
    if (news) for (const bell of this.#followers) bell.ring();
  }
}

function fits(event: LiveEventRow, { type, step, turn, since, until }: EventChoice): boolean {
  return (
    (type === undefined || type.includes(event.type)) &&
    (step === undefined || (event.step !== null && isWithin(event.step, step))) &&
    (turn === undefined || turn === event.turn) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at < until)
  );
}
