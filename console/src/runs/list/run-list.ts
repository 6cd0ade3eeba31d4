/**
 * The runs that a page has read of a long list, in their order. Ids are kept for all of them, rows only for those near
 * what is seen, so that 100,000 runs are no burden. Pure; rows that have not changed stay the same objects.
 */
import type { RunNow } from '../../api/generated.ts';

export interface RunList {
  readonly ids: readonly string[];
  readonly runs: ReadonlyMap<string, RunNow>;
  /** Where it goes on; null: it ends here. */
  readonly next: string | null;
}

export const NO_RUNS: RunList = { ids: [], runs: new Map(), next: null };

interface RunPage {
  readonly items: readonly RunNow[];
  readonly next_cursor: string | null;
}

/** With a page behind it. What has moved since the page before is not told twice. */
export function appended(list: RunList, page: RunPage): RunList {
  const known = new Set(list.ids);
  const fresh = page.items.map(({ id }) => id).filter((id) => !known.has(id));
  return { ids: [...list.ids, ...fresh], runs: patched(list.runs, page.items), next: page.next_cursor };
}

/** With rows as they are now, each in its old place. */
export function refreshed(list: RunList, rows: readonly RunNow[]): RunList {
  const runs = patched(list.runs, rows);
  return runs === list.runs ? list : { ...list, runs };
}

function patched(runs: RunList['runs'], rows: readonly RunNow[]): RunList['runs'] {
  const changed = rows.filter((row) => !isSame(runs.get(row.id), row));
  if (changed.length === 0) return runs;
  return new Map([...runs, ...changed.map((row) => [row.id, row] as const)]);
}

function isSame(one: RunNow | undefined, other: RunNow): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Without the rows that are far from what is seen; their places stay. */
export function trimmed(list: RunList, from: number, to: number, margin: number): RunList {
  if (list.runs.size <= 4 * margin) return list;
  const near = list.ids.slice(Math.max(0, from - margin), to + margin);
  return { ...list, runs: new Map(near.flatMap((id) => entryOf(list.runs, id))) };
}

function entryOf(runs: RunList['runs'], id: string): (readonly [string, RunNow])[] {
  const run = runs.get(id);
  return run === undefined ? [] : [[id, run]];
}

/** Runs that are newer than what is known: not in the list, and not among those that were there when it was read. */
export function newcomers(
  newest: readonly string[],
  list: RunList,
  known: ReadonlySet<string>,
): readonly string[] {
  return newest.filter((id) => !known.has(id) && !list.runs.has(id));
}
