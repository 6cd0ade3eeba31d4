/** Publishing a text, and taking a definition out of use. */
import { api, dataOf } from '../api/client.ts';
import type { Published, Workflow } from '../api/generated.ts';
import { preferences } from '../app/preferences.ts';

export type Format = 'yaml' | 'json';

/** Who does it, as far as he has said. */
export function by(): { by?: string } {
  const { name } = preferences();
  return name === '' ? {} : { by: name };
}

/** @throws Refused; Unreachable */
export function publish(text: string, format: Format): Promise<Published> {
  return dataOf(
    api.POST('/api/v1/workflows', {
      params: { query: by() },
      headers: { 'content-type': `application/${format}` },
      body: text,
    }),
  );
}

/** @throws Refused; Unreachable */
export function setArchived(name: string, archived: boolean): Promise<Workflow> {
  const params = { path: { name }, query: by() };
  return dataOf(
    archived
      ? api.POST('/api/v1/workflows/{name}/archive', { params })
      : api.POST('/api/v1/workflows/{name}/unarchive', { params }),
  );
}
