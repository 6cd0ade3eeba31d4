/** Making, changing and removing saved views. Nobody is asked whether a view is his: names are claims. */
import { randomBytes } from 'node:crypto';
import type { SavedView, SavedViewContent } from '../../contract/runs/saved-view.ts';
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { conditionsOf } from '../runs/selection.ts';
import type { Scope } from '../services.ts';
import type { Rows } from '../ways/store.ts';
import { addView, changeView, clearDefault, findNamesake, removeView } from './queries/saved-views.ts';
import { savedViewJson, type SavedViewRow } from './read-views.ts';

/** @throws ConflictError `view_exists`; InvalidError `invalid_filter` */
export async function createView({ store, call }: Scope, view: SavedViewContent): Promise<SavedView> {
  conditionsOf(view.filter);
  const id = `view-${randomBytes(6).toString('hex')}`;
  call.record?.note({ detail: { view: id, name: view.name } });
  return store.transaction(async (rows) => {
    await makeRoom(rows, id, view);
    const row = await rows.first<SavedViewRow>(addView(id, view));
    if (row === undefined) throw nameTaken(view);
    return savedViewJson(row);
  });
}

/** All of it anew. @throws NotFoundError `view_not_found`; as {@link createView} does */
export async function replaceView(
  { store, call }: Scope,
  id: string,
  view: SavedViewContent,
): Promise<SavedView> {
  conditionsOf(view.filter);
  call.record?.note({ detail: { view: id, name: view.name } });
  return store.transaction(async (rows) => {
    await makeRoom(rows, id, view);
    return savedViewJson(found(id, await rows.first<SavedViewRow>(changeView(id, view))));
  });
}

/** Answers what was removed, so that it can be made again. @throws NotFoundError `view_not_found` */
export async function deleteView({ store, call }: Scope, id: string): Promise<SavedView> {
  call.record?.note({ detail: { view: id } });
  return savedViewJson(found(id, await store.first<SavedViewRow>(removeView(id))));
}

/** One name and one default where it would stand. */
async function makeRoom(rows: Rows, id: string, view: SavedViewContent): Promise<void> {
  if ((await rows.first(findNamesake(id, view))) !== undefined) throw nameTaken(view);
  if (view.is_default) await rows.all(clearDefault(id, view));
}

function nameTaken({ name }: SavedViewContent): ConflictError {
  return new ConflictError(
    'view_exists',
    `There is another view "${name}". Choose another name, or change that one.`,
  );
}

function found(id: string, row: SavedViewRow | undefined): SavedViewRow {
  if (row !== undefined) return row;
  throw new NotFoundError('view_not_found', `There is no view "${id}". Somebody may have removed it.`);
}
