/** The feeds of this process: one for each run that somebody follows, however many do. */
import type { EventChoice } from './queries/list-events.ts';
import { Bell } from '../changes/bell.ts';
import { RunFeed, type FeedDeps, type FeedPage } from './run-feed.ts';

/** A reader's place in the record of a run. */
export interface Follower {
  /** Rings when `next` may have more. */
  readonly bell: Bell;
  /** What follows the page before. When it throws, the place stays where it was. */
  next(): Promise<FeedPage>;
  leave(): void;
}

export class RunFeeds {
  readonly #deps: FeedDeps;
  readonly #feeds = new Map<string, RunFeed>();

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** Follows a run from the event after `after`, until `leave` is called. */
  follow(runId: string, after: number, choice: EventChoice = {}): Follower {
    const feed = this.#feeds.get(runId) ?? new RunFeed(runId, this.#deps);
    this.#feeds.set(runId, feed);
    const bell = new Bell();
    feed.add(bell);
    let place = after;
    return {
      bell,
      next: async () => {
        const page = await feed.read(place, choice);
        place = page.upTo;
        return page;
      },
      leave: () => {
        feed.remove(bell);
        if (!feed.followed && this.#feeds.get(runId) === feed) this.#feeds.delete(runId);
      },
    };
  }
}
