/** What a step's templates see: the supplied values, those by reference loaded from the blob table. */
import { loadBlobs } from '../database/blobs.ts';
import type { Json } from '../plan/json.ts';
import type { Scope, ScopeStep } from '../plan/template.ts';
import type { StepActivityInput, TemplateValues } from '../protocol/activity.ts';
import type { SuppliedValue } from '../protocol/values.ts';
import { answerMemory, COPIES } from './answer-memory.ts';
import type { ActivityDeps } from './frame.ts';
import { StepFailure } from './step-failure.ts';
import { withStorage } from './storage.ts';

/** Loads what is missing and builds the scope. @throws StepFailure `storage_unavailable`, `value_missing` */
export async function loadScope(
  input: Pick<StepActivityInput, 'run' | 'values'>,
  deps: Pick<ActivityDeps, 'database' | 'secrets'>,
): Promise<Scope> {
  const sizes = referencedSizes(input.values);
  await answerMemory.take(COPIES * [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0));
  const blobs = await withStorage(() => loadBlobs(deps.database, [...sizes.keys()]));
  const resolve = (supplied: SuppliedValue): Json => {
    if ('value' in supplied) return supplied.value;
    const value = blobs.get(supplied.ref.$blob);
    if (value !== undefined) return value;
    throw new StepFailure(
      'value_missing',
      `Stored value ${supplied.ref.$blob} is not in the blob table any more.`,
    );
  };
  return {
    inputs: mapValues(input.values.inputs, resolve),
    steps: mapValues(input.values.steps, (step) => scopeStep(step, resolve)),
    run: input.run,
    secrets: deps.secrets.values,
  };
}

type SuppliedStep = TemplateValues['steps'][string];

function scopeStep(step: SuppliedStep, resolve: (supplied: SuppliedValue) => Json): ScopeStep {
  const { status, error } = step;
  const known = error === undefined ? { status } : { status, error };
  if (step.result === undefined) return known;
  const result = resolve(step.result);
  return { ...known, result, output: result };
}

/** Bytes of each stored value that is referred to, by hash. */
function referencedSizes(values: TemplateValues): ReadonlyMap<string, number> {
  const supplied = [
    ...Object.values(values.inputs),
    ...Object.values(values.steps).map((step) => step.result),
  ];
  return new Map(
    supplied.flatMap((value) =>
      value !== undefined && 'ref' in value ? [[value.ref.$blob, value.ref.bytes] as const] : [],
    ),
  );
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
