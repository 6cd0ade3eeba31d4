/** What an attempt of a step was given: the templates of the plan filled in with the values of that moment. */
import { NotFoundError } from '../../errors/errors.ts';
import type { GivenValue, StepInput, StepInputQuery } from '../../contract/past/step-input.ts';
import { loadBlobs } from '../../database/blobs.ts';
import { renderSpec, WORKFLOW_COST, type Rendered } from '../../expressions/index.ts';
import type { Json } from '../../plan/json.ts';
import { jsonBytes } from '../../plan/json.ts';
import type { Scope } from '../../plan/template.ts';
import { readHandedOver, type HandedOver } from '../../projections/handed-over.ts';
import { previewOf, type SuppliedValue } from '../../protocol/values.ts';
import { stepNotFound } from '../runs/missing.ts';
import { findStepPosition } from '../runs/queries/find-step-position.ts';
import type { Services } from '../services.ts';
import { findAttempt, type FoundAttempt } from './find-attempt.ts';
import { readerOf } from './reader.ts';

/** Stored values up to this, together, are filled in. */
const MOST_BYTES = 1024 * 1024;

/**
 * @throws NotFoundError `run_not_found`, `step_not_found`, `input_not_found` where there was no such attempt, no worker
 *   had to do with it, or its history is not stored; ConflictError `run_archived`
 */
export async function readStepInput(
  services: Services,
  runId: string,
  step: string,
  query: StepInputQuery,
): Promise<StepInput> {
  const { store } = services;
  const found = await store.first<FoundAttempt>(findAttempt(runId, step, query));
  if (found === undefined) {
    if ((await store.first(findStepPosition(runId, step))) === undefined)
      throw await stepNotFound(services, runId, step);
    throw noInput(`Step "${step}" of run "${runId}" has not been tried`, query);
  }
  const { epoch, attempt, scheduled_at: since } = found;
  const handed = await readHandedOver(readerOf(store), runId, { step, attempt, since });
  if (handed === null) throw noInput(`No worker was asked to do step "${step}" of run "${runId}"`, found);
  const rendered = await fillIn(services, handed);
  return {
    run_id: runId,
    ...{ step, epoch, attempt, kind: handed.spec.kind, at: since.toISOString() },
    given: 'value' in rendered ? rendered.value : null,
    system: handed.system,
    fault: 'code' in rendered ? rendered : null,
    values: valuesOf(handed),
    ...{ queue: handed.queue, workspace: handed.workspace },
    idempotency_key: handed.idempotencyKey,
    timeout_seconds: handed.timeoutMs / 1000,
  };
}

async function fillIn({ store }: Services, { spec, values, run }: HandedOver): Promise<Rendered> {
  const supplied = [
    ...Object.values(values.inputs),
    ...Object.values(values.steps).flatMap(({ result }) => result ?? []),
  ];
  const refs = supplied.flatMap((value) => ('ref' in value ? [value.ref] : []));
  const bytes = refs.reduce((sum, ref) => sum + ref.bytes, 0);
  if (bytes > MOST_BYTES)
    return {
      code: 'input_too_large',
      message: `The values that its templates read have ${bytes} bytes; up to ${MOST_BYTES} are filled in.`,
    };
  const blobs = await loadBlobs(readerOf(store), [...new Set(refs.map(({ $blob }) => $blob))]);
  const missing = refs.find(({ $blob }) => !blobs.has($blob));
  if (missing !== undefined)
    return { code: 'value_missing', message: `The stored value ${missing.$blob} is not there any more.` };
  return renderSpec(spec, { run, ...scopeOf(values, blobs) }, WORKFLOW_COST);
}

function scopeOf(
  { inputs, steps }: HandedOver['values'],
  blobs: ReadonlyMap<string, Json>,
): Pick<Scope, 'inputs' | 'steps'> {
  const read = (value: SuppliedValue) =>
    'ref' in value ? (blobs.get(value.ref.$blob) ?? null) : value.value;
  const given = Object.entries(inputs).map(([name, value]) => [name, read(value)] as const);
  const settled = Object.entries(steps).map(([key, { result, ...step }]) => {
    if (result === undefined) return [key, step] as const;
    const value = read(result);
    return [key, { ...step, result: value, output: value }] as const;
  });
  return { inputs: Object.fromEntries(given), steps: Object.fromEntries(settled) };
}

function valuesOf({ values: { inputs, steps } }: HandedOver): GivenValue[] {
  return [
    ...Object.entries(inputs).map(([name, value]) => givenValue(`inputs.${name}`, value)),
    ...Object.entries(steps).flatMap(([key, { result }]) =>
      result === undefined ? [] : givenValue(`steps.${key}.result`, result),
    ),
  ];
}

function givenValue(name: string, value: SuppliedValue): GivenValue {
  return 'ref' in value
    ? { name, bytes: value.ref.bytes, preview: '', hash: value.ref.$blob }
    : { name, bytes: jsonBytes(value.value), preview: previewOf(value.value), hash: null };
}

function noInput(what: string, { attempt }: { readonly attempt?: number | undefined }): NotFoundError {
  const which = attempt === undefined ? '' : ` in attempt ${attempt}`;
  return new NotFoundError('input_not_found', `${what}${which}.`);
}
