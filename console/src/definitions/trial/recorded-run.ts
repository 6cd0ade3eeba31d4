/** What a run has recorded, read through the API, to play it with a draft. */
import type { Json } from '../../../../src/plan/json.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import { record } from '../../../../src/recording/index.ts';
import { api, dataOf, Refused } from '../../api/client.ts';
import type { Run } from '../../api/generated.ts';
import type { Recorded } from './played-draft.ts';

/** @throws Refused (a run that is archived has none); Unreachable */
export async function recordedRun(id: string): Promise<Recorded> {
  const params = { path: { id } };
  const run = await dataOf(api.GET('/api/v1/runs/{id}', { params }));
  const [plan, { items: steps }] = await Promise.all([
    planOf(run),
    dataOf(api.GET('/api/v1/runs/{id}/steps', { params })),
  ]);
  const recording = await record(run, steps, plan, {
    output: async () =>
      run.status === 'completed'
        ? ((await dataOf(api.GET('/api/v1/runs/{id}/output', { params }))) as Json)
        : null,
    stepOutput: async (key) =>
      (await dataOf(
        api.GET('/api/v1/runs/{id}/steps/{key}/output', { params: { path: { id, key } } }),
      )) as Json,
    blob: async (hash) =>
      (await dataOf(api.GET('/api/v1/blobs/{hash}', { params: { path: { hash } } }))) as Json,
  });
  return { recording, plan };
}

async function planOf({ workflow, plan_hash: hash }: Run): Promise<Plan | null> {
  if (hash === null) return null;
  try {
    const path = { name: workflow, version: hash };
    const { plan } = await dataOf(
      api.GET('/api/v1/workflows/{name}/versions/{version}', { params: { path } }),
    );
    return plan as Plan;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}
