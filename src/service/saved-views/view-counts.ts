/** How many runs are in each view, counted once in some seconds for all who look at the tabs. */
import { LRUCache } from 'lru-cache';
import { parseRunFilter } from '../../protocol/filter/run-filter.ts';
import { countRuns } from '../runs/queries/count-runs.ts';
import type { Store } from '../ways/store.ts';
import { withinTime } from '../ways/within-time.ts';

const KEPT_MS = 5_000;
/** What takes longer is left out, and not tried again for a while. */
const MOST_MS = 1_000;
const TOO_COSTLY_MS = 60_000;

export class ViewCounts {
  readonly #store: Store;
  readonly #kept = new LRUCache<string, Promise<{ readonly count: number | null }>>({
    max: 200,
    ttl: KEPT_MS,
  });

  constructor(store: Store) {
    this.#store = store;
  }

  /** Null: counting takes too long, or the filter cannot be read any more. Days are those of UTC. */
  async count(filter: string): Promise<number | null> {
    const kept = this.#kept.get(filter) ?? this.#begin(filter);
    return (await kept).count;
  }

  #begin(filter: string): Promise<{ readonly count: number | null }> {
    const counting = this.#count(filter);
    this.#kept.set(filter, counting);
    counting.then(
      ({ count }) => {
        if (count === null) this.#kept.set(filter, counting, { ttl: TOO_COSTLY_MS });
      },
      () => this.#kept.delete(filter),
    );
    return counting;
  }

  async #count(filter: string): Promise<{ readonly count: number | null }> {
    const { conditions, faults } = parseRunFilter(filter);
    if (faults.length > 0) return { count: null };
    const rows = await withinTime<{ runs: number }>(
      this.#store,
      MOST_MS,
      countRuns({ conditions, zone: 'UTC' }),
    );
    return { count: rows?.reduce((sum, { runs }) => sum + runs, 0) ?? null };
  }
}
