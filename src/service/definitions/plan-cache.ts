/**
 * Plans that were read lately, in memory, with their definitions: whoever edits a run looks at its plan again and again.
 *
 * A plan never changes under its hash, so what is here is what is stored. One that is removed there is found for up to
 * {@link KEPT_MS} more. Bounded in number and in size.
 */
import { LRUCache } from 'lru-cache';
import { writeJson } from '../../plan/exact-json.ts';
import type { FullVersionRow } from './queries/find-version.ts';

const MOST = 32;
/** Of definitions and the JSON texts of their plans, in characters. */
const MAX_CHARS = 32 * 1024 * 1024;
const KEPT_MS = 60_000;

export class PlanCache {
  readonly #kept = new LRUCache<string, FullVersionRow>({
    max: MOST,
    maxSize: MAX_CHARS,
    sizeCalculation: ({ source, plan }) => source.length + writeJson(plan).length,
    ttl: KEPT_MS,
  });

  /**
   * @param of whose plan it is: a run that was imported has its own
   * @param read is asked where the plan is not here; what it throws is thrown
   */
  async find(of: string, hash: string, read: () => Promise<FullVersionRow>): Promise<FullVersionRow> {
    const key = writeJson([of, hash]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const found = await read();
    this.#kept.set(key, found);
    return found;
  }
}
