/** Makes a recording of what is told of a run, wherever that is read: from the API by the command line, and by the console. */
import type { Json, JsonObject } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { ShownStepStatus } from '../protocol/status.ts';
import { isBlobRef } from '../protocol/values.ts';
import { definitionOf } from './recording.ts';
import type { RecordedStep, Recording } from './recording.ts';

interface ToldRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly status: string;
  readonly inputs?: unknown;
}

interface ToldStep {
  readonly key: string;
  readonly position: number;
  readonly status: ShownStepStatus;
  readonly completed_at: string | null;
  readonly output?: unknown;
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly [member: string]: unknown;
  } | null;
  readonly attempts: readonly { readonly status: string }[];
}

/** Reads values that are told by reference. */
interface WholeValues {
  /** Of the run; null: it has none. */
  readonly output: () => Promise<Json>;
  readonly stepOutput: (key: string) => Promise<Json>;
  readonly blob: (hash: string) => Promise<Json>;
}

/** @param plan the one that the run had; null: nobody knows it */
export async function record(
  run: ToldRun,
  steps: readonly ToldStep[],
  plan: Plan | null,
  whole: WholeValues,
): Promise<Recording> {
  const { workflow, version, status } = run;
  const settled = steps.filter((step) => step.status !== 'superseded').toSorted(bySettling);
  const recorded: [string, RecordedStep][] = [];
  for (const step of settled) recorded.push([step.key, await recordedStep(step, plan, whole)]);
  return {
    run: run.id,
    ...{ workflow, version, status },
    inputs: await wholeInputs(run.inputs as Json, whole),
    steps: Object.fromEntries(recorded),
    output: await whole.output(),
  };
}

/** Those that never ended come last. */
function bySettling(one: ToldStep, other: ToldStep): number {
  const [left, right] = [one.completed_at ?? '~', other.completed_at ?? '~'];
  return left === right ? one.position - other.position : left < right ? -1 : 1;
}

async function recordedStep(step: ToldStep, plan: Plan | null, whole: WholeValues): Promise<RecordedStep> {
  const { key, status, error } = step;
  const spec = plan?.steps.find((one) => one.key === key);
  const definition = spec === undefined ? {} : { definition: definitionOf(spec) };
  const failed =
    error === null || !(status === 'failed' || hadFallback(step)) ? {} : { error: errorOf(error) };
  if (status !== 'completed') return { status, ...definition, ...failed };
  const output = (step.output ?? null) as Json;
  const result = isBlobRef(output) ? await whole.stepOutput(key) : output;
  return { status, ...definition, ...failed, result };
}

/** Its last attempt failed, and it completed all the same. */
const hadFallback = ({ status, attempts }: ToldStep): boolean =>
  status === 'completed' && attempts.at(-1)?.status === 'failed';

function errorOf(error: NonNullable<ToldStep['error']>): NonNullable<RecordedStep['error']> {
  const { type, message, category: _, attempt: __, ...data } = error;
  return { type, message, ...(Object.keys(data).length === 0 ? {} : { data: data as JsonObject }) };
}

async function wholeInputs(inputs: Json, { blob }: WholeValues): Promise<JsonObject> {
  const given = Object.entries((inputs ?? {}) as JsonObject);
  const read = async ([name, value]: readonly [string, Json]) =>
    [name, isBlobRef(value) ? await blob(value.$blob) : value] as const;
  return Object.fromEntries(await Promise.all(given.map(read)));
}
