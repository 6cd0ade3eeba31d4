/** What a run has recorded, read through the API: its steps with their whole results, and the plan that brought them. */
import type { Step } from '../../contract/step.ts';
import type { VersionDetail } from '../../contract/workflow.ts';
import type { Json } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { hasEnded } from '../../protocol/status.ts';
import { record } from '../../recording/index.ts';
import type { Recording } from '../../recording/index.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import { CliError, EXIT } from '../exit.ts';
import { allItems } from '../following/watch-run.ts';
import { wholeOutput } from '../shown/run-output.ts';

export interface RecordedRun {
  readonly recording: Recording;
  /** null: it is not stored, as of a run that an operator started with a plan of his own. */
  readonly plan: Plan | null;
}

/** @throws CliError `run_still_working`, `run_archived` */
export async function recordingOf(client: ApiClient, runId: string): Promise<RecordedRun> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const run = await client.json<ToldRun>(path);
  assertRecorded(run);
  const plan = await planOf(client, run);
  const steps = await allItems<Step>(client, `${path}/steps`);
  const recording = await record(run, steps, plan, {
    output: async () => ((await wholeOutput(client, run)) ?? null) as Json,
    stepOutput: (key) => client.json<Json>(`${path}/steps/${encodeURIComponent(key)}/output`),
    blob: (hash) => client.json<Json>(`/blobs/${hash}`),
  });
  return { recording, plan };
}

function assertRecorded(run: ToldRun): void {
  const refuse = (code: string, why: string) => new CliError(EXIT.failed, `run "${run.id}" ${why}`, { code });
  if (!hasEnded(run)) throw refuse('run_still_working', `has not ended: it is ${run.status}`);
  if (run.archived_at !== null) throw refuse('run_archived', 'is archived: import its archive first');
}

async function planOf(client: ApiClient, { workflow, plan_hash: hash }: ToldRun): Promise<Plan | null> {
  if (hash === null) return null;
  const path = `/workflows/${encodeURIComponent(workflow)}/versions/${encodeURIComponent(hash)}`;
  try {
    return (await client.json<VersionDetail>(path)).plan;
  } catch (error) {
    const code = error instanceof CliError ? error.problem['code'] : undefined;
    if (code === 'version_not_found' || code === 'workflow_not_found') return null;
    throw error;
  }
}
