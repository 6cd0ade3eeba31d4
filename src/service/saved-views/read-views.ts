/** Saved views for readers. */
import type { SavedView, SavedViewFilter } from '../../contract/runs/saved-view.ts';
import type { Services } from '../services.ts';
import { iso } from '../views/time.ts';
import { listViews } from './queries/saved-views.ts';

export type SavedViewRow = Omit<SavedView, 'created_at' | 'updated_at' | 'count'> & {
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** The default first, then those that are pinned, in the order in which they were made. */
export async function readViews(
  { store, viewCounts }: Pick<Services, 'store' | 'viewCounts'>,
  { owner, counts }: SavedViewFilter,
): Promise<{ items: SavedView[] }> {
  const rows = await store.all<SavedViewRow>(listViews(owner ?? null));
  const count = async ({ filter }: SavedViewRow) => (counts ? viewCounts.count(filter) : null);
  return { items: await Promise.all(rows.map(async (row) => savedViewJson(row, await count(row)))) };
}

export function savedViewJson(row: SavedViewRow, count: number | null = null): SavedView {
  return { ...row, created_at: iso(row.created_at), updated_at: iso(row.updated_at), count };
}
