/** Statements on `saved_views`. */
import type { SavedViewContent } from '../../../contract/runs/saved-view.ts';
import { sql, type Statement } from '../../../database/sql.ts';

/** Whose name and default it is: `''` is everybody's. */
const scope = sql`(case when shared then '' else owner end)`;

/** Those that everybody sees, and those of this person. */
export const listViews = (owner: string | null): Statement => sql`
  select * from saved_views where shared or owner = ${owner}::text
  order by is_default desc, pinned desc, created_at, id`;

/** Nothing when the name is taken. */
export const addView = (id: string, view: SavedViewContent): Statement => sql`
  insert into saved_views (id, name, filter, columns, sort, owner, shared, pinned, is_default, updated_by)
  values (${id}, ${view.name}, ${view.filter}, ${view.columns}, ${view.sort}, ${view.owner}, ${view.shared},
          ${view.pinned}, ${view.is_default}, ${view.by ?? null})
  on conflict do nothing returning *`;

/** Nothing when there is no such view. */
export const changeView = (id: string, view: SavedViewContent): Statement => sql`
  update saved_views set name = ${view.name}, filter = ${view.filter}, columns = ${view.columns}, sort = ${view.sort},
    owner = ${view.owner}, shared = ${view.shared}, pinned = ${view.pinned}, is_default = ${view.is_default},
    updated_at = now(), updated_by = ${view.by ?? null}
  where id = ${id} returning *`;

export const removeView = (id: string): Statement =>
  sql`delete from saved_views where id = ${id} returning *`;

/** Another view that has its name where it would stand: `{id}`. */
export const findNamesake = (id: string, { name, shared, owner }: SavedViewContent): Statement => sql`
  select id from saved_views
  where id <> ${id} and lower(name) = lower(${name}) and ${scope} = ${shared ? '' : owner}`;

/** Makes room for another default where this one would stand. */
export const clearDefault = (id: string, { shared, owner }: SavedViewContent): Statement => sql`
  update saved_views set is_default = false
  where is_default and id <> ${id} and ${scope} = ${shared ? '' : owner}`;
