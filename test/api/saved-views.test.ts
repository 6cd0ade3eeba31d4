/** Views of the list of runs are kept for everybody or for one person, with one default and one name each. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SavedView } from '../../src/contract/runs/saved-view.ts';
import { sql } from '../../src/database/sql.ts';
import { projectRun, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
  await projectRun(api.database, 'one', { status: 'failed' });
});

const save = (body: object) => api.post<SavedView & { code?: string }>('/views', body);

async function put(id: string, body: object) {
  const response = await fetch(`${api.url}/api/v1/views/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as SavedView & { code?: string } };
}

async function names(query = ''): Promise<string[]> {
  const { body } = await api.get<{ items: SavedView[] }>(`/views${query}`);
  return body.items.map(({ name }) => name);
}

describe('a view', () => {
  it('is for everybody, or for one person', async () => {
    await save({ name: 'All', filter: '' });
    await save({ name: 'Mine', filter: 'by:ana', owner: 'ana', shared: false });
    expect(await names()).toEqual(['All']);
    expect(await names('?owner=ana')).toEqual(['All', 'Mine']);
    expect(await names('?owner=bob')).toEqual(['All']);
    expect((await save({ name: 'Nobody’s', shared: false })).status).toBe(400);
  });

  it('has a name of its own where it stands', async () => {
    await save({ name: 'Twice' });
    expect((await save({ name: 'twice' })).body.code).toBe('view_exists');
    expect((await save({ name: 'Twice', owner: 'ana', shared: false })).status).toBe(201);
  });

  it('is the default alone', async () => {
    const first = await save({ name: 'First', is_default: true });
    await save({ name: 'Second', is_default: true });
    const { body } = await api.get<{ items: SavedView[] }>('/views?owner=ana');
    expect(body.items.filter((view) => view.is_default).map(({ name }) => name)).toEqual(['Second']);
    expect(first.body.is_default).toBe(true);
  });

  it('is changed whole, and removed', async () => {
    const { body: view } = await save({
      name: 'Old',
      filter: 'status:failed',
      columns: 'id,cost',
      by: 'ana',
    });
    const changed = await put(view.id, { name: 'New', filter: 'status:open', by: 'bob' });
    expect(changed).toMatchObject({
      status: 200,
      body: { id: view.id, name: 'New', filter: 'status:open', columns: null, updated_by: 'bob' },
    });
    expect((await api.remove<SavedView>(`/views/${view.id}`)).body).toMatchObject({ name: 'New' });
    expect((await api.remove(`/views/${view.id}`)).body.code).toBe('view_not_found');
    expect((await put(view.id, { name: 'New' })).body.code).toBe('view_not_found');
  });

  it('is not saved with a filter that cannot be read', async () => {
    expect((await save({ name: 'Wrong', filter: 'nothing:x' })).body.code).toBe('invalid_filter');
  });

  it('tells how many runs are in it, and none where its filter cannot be read any more', async () => {
    await save({ name: 'Failed', filter: 'status:failed' });
    const { body: stale } = await save({ name: 'Stale' });
    await api.database.query(sql`update saved_views set filter = 'gone:x' where id = ${stale.id}`);
    // What takes more than a second is not counted for a minute.
    const counts = async () => {
      const { body } = await api.get<{ items: SavedView[] }>('/views?counts=true');
      return Object.fromEntries(body.items.map(({ name, count }) => [name, count]));
    };
    await expect.poll(counts).toMatchObject({ Failed: 1, Stale: null });
  });
});
