/** What a run has recorded, read through the API: its steps with their whole results, and the plan that brought them. */
import type { Step } from '../../contract/step.ts';
import type { VersionDetail } from '../../contract/workflow.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { hasEnded } from '../../protocol/status.ts';
import { definitionOf } from '../../rehearsal/index.ts';
import type { RecordedStep, Recording } from '../../rehearsal/index.ts';
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
  const settled = steps.filter(({ status }) => status !== 'superseded').toSorted(bySettling);
  const recorded: [string, RecordedStep][] = [];
  for (const step of settled) recorded.push([step.key, await recordedStep(client, path, step, plan)]);
  const { workflow, version, status } = run;
  const inputs = (await withoutRefs(client, run.inputs)) as JsonObject;
  const output = ((await wholeOutput(client, run)) ?? null) as Json;
  const recording = {
    run: run.id,
    workflow,
    version,
    status,
    inputs,
    steps: Object.fromEntries(recorded),
    output,
  };
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

/** Those that never ended come last. */
function bySettling(one: Step, other: Step): number {
  const [left, right] = [one.completed_at ?? '~', other.completed_at ?? '~'];
  return left === right ? one.position - other.position : left < right ? -1 : 1;
}

async function recordedStep(
  client: ApiClient,
  path: string,
  step: Step,
  plan: Plan | null,
): Promise<RecordedStep> {
  const { key, status, error } = step;
  const spec = plan?.steps.find((one) => one.key === key);
  const definition = spec === undefined ? {} : { definition: definitionOf(spec) };
  const failed =
    error === null || !(status === 'failed' || hadFallback(step)) ? {} : { error: errorOf(error) };
  if (status !== 'completed') return { status, ...definition, ...failed };
  const isAway = isRef(step.output);
  const result = isAway
    ? await client.json<Json>(`${path}/steps/${encodeURIComponent(key)}/output`)
    : step.output;
  return { status, ...definition, ...failed, result };
}

/** Its last attempt failed, and it completed all the same. */
const hadFallback = ({ status, attempts }: Step): boolean =>
  status === 'completed' && attempts.at(-1)?.status === 'failed';

function errorOf(error: NonNullable<Step['error']>): NonNullable<RecordedStep['error']> {
  const { type, message, category: _, attempt: __, ...data } = error;
  return { type, message, ...(Object.keys(data).length === 0 ? {} : { data: data as JsonObject }) };
}

async function withoutRefs(client: ApiClient, inputs: Json): Promise<Json> {
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) return inputs;
  const whole: Record<string, Json> = {};
  for (const [name, value] of Object.entries(inputs as JsonObject))
    whole[name] = isRef(value) ? await client.json<Json>(`/blobs/${value.$blob}`) : value;
  return whole;
}

const isRef = (value: Json): value is { readonly $blob: string; readonly bytes: number } =>
  typeof value === 'object' && value !== null && '$blob' in value && typeof value['$blob'] === 'string';
