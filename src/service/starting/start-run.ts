/**
 * Starts a run.
 *
 * Once Temporal has accepted the start it is acknowledged, even when the tables cannot be read then: the answer is the
 * projected run, or what is known of it. Without an Idempotency-Key a retry after a lost answer may start a second run.
 */
import { randomBytes } from 'node:crypto';
import { ConflictError, UnprocessableError } from '../../errors/errors.ts';
import { checkInputs } from '../../plan/inputs.ts';
import type { JsonObject } from '../../plan/json.ts';
import { INTERPRETER_VERSION, type Envelope } from '../../protocol/envelope.ts';
import { findRun } from '../runs/queries/find-run.ts';
import type { FullVersionRow } from '../definitions/queries/find-version.ts';
import { formatTraceparent, parseTraceparent } from '../../tracing/traceparent.ts';
import { addRunTrace, deleteRunTrace } from './queries/run-traces.ts';
import { releaseIdempotencyKey } from './queries/release-idempotency-key.ts';
import type { Run, StartRun } from '../../contract/run.ts';
import type { Scope, Services } from '../services.ts';
import { pendingRun, runJson, type PendingRun, type RunRow } from '../views/run.ts';
import { awaitProjection, patienceOf } from '../changes/await-projection.ts';
import { assertNotArchived, chooseVersion } from '../definitions/choose-version.ts';
import { claimKey, keyMark, runOfKey, startKey, type StartKey } from './idempotency.ts';
import { placeInputs, travellingPlan } from './place-inputs.ts';

/** So many wrong inputs are told. */
const MAX_ERRORS = 50;

export interface Started {
  readonly run: Run;
  /** The run was there already, under the same key. */
  readonly replayed: boolean;
}

export interface StartOptions {
  /** The key under which the same start counts once, if there is one. */
  readonly key?: string | undefined;
  /** The run that this one is started in the likeness of. */
  readonly rerunOf?: string;
}

/**
 * @throws NotFoundError, ConflictError (`run_exists`, `workflow_archived`, `idempotency_key_reused`),
 *   UnprocessableError `inputs_invalid`, TooLargeError, UnavailableError.
 */
export async function startRun(scope: Scope, body: StartRun, key?: string): Promise<Started> {
  const { record } = scope.call;
  record?.note({ workflow: body.workflow, ...(body.id !== undefined && { run: body.id }) });
  const started = await startOnce(scope, body, { key });
  const { run, replayed } = started;
  record?.note({ run: run.id, detail: { version: run.version, replayed } });
  return started;
}

/** Starts a run, or finds the one that was started under the same key. @throws as {@link startRun} does */
export async function startOnce(
  services: Scope,
  body: StartRun,
  { key, rerunOf }: StartOptions,
): Promise<Started> {
  const start =
    key === undefined
      ? undefined
      : startKey(key, rerunOf === undefined ? body : { ...body, rerun_of: rerunOf });
  const earlier = start === undefined ? undefined : await runOfKey(services.store, start);
  const row = await projected(services, earlier ?? body.id);
  if (row !== undefined && earlier !== undefined) return { run: runJson(row), replayed: true };
  if (row !== undefined) throw runExists(row.id);

  const version = await chooseVersion(services.store, body.workflow, body.version);
  assertNotArchived(version);
  assertInputs(version, body.inputs);
  const inputs = await placeInputs(services.store, version.plan, (body.inputs ?? {}) as JsonObject);
  const wanted = earlier ?? body.id ?? newRunId(version.workflow);
  const runId = start === undefined ? wanted : await claimKey(services.store, start, wanted);
  const { workflow, version: number, hash, title } = version;
  const envelope = envelopeOf(version, body, rerunOf);
  return startPlanned(services, {
    ...{ runId, workflow, version: number, planHash: hash },
    ...{ title, inputs, envelope, start },
  });
}

/** A run that is ready to start. */
export interface Planned {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string;
  readonly planHash: string;
  readonly title: string | null;
  readonly inputs: JsonObject;
  readonly envelope: Envelope;
  readonly start: StartKey | undefined;
}

/** Has it started, and waits a moment for its row. @throws ConflictError `run_exists`; UnavailableError */
export async function startPlanned(services: Scope, planned: Planned): Promise<Started> {
  const isTraced = await noteTrace(services, planned.runId);
  const known = await startOrFind(services, planned).catch(async (error: unknown) => {
    if (isTraced && error instanceof ConflictError) await services.store.all(deleteRunTrace(planned.runId));
    throw error;
  });
  services.call.rest();
  const patience = patienceOf(services);
  const read = () => projected(services, planned.runId);
  const shown = await awaitProjection(services, known, read, patience);
  return { run: shown === undefined ? pendingRun(known) : runJson(shown), replayed: known.replayed };
}

/**
 * Keeps the trace that the run is to be a part of, before a worker can ask for it. True: it was not there. A run that is
 * there already, which nobody had seen yet, would have it until its start is refused; that changes what its spans hang on,
 * and nothing else.
 */
async function noteTrace({ store, call }: Scope, runId: string): Promise<boolean> {
  const span = parseTraceparent(call.traceparent);
  if (span === null) return false;
  return (await store.first(addRunTrace(runId, formatTraceparent(span)))) !== undefined;
}

/** The started run; one that was started before under the same key counts as the same. */
async function startOrFind(
  services: Services,
  { runId, workflow, version, planHash, title, inputs, envelope, start }: Planned,
): Promise<PendingRun & { readonly replayed: boolean }> {
  const started = await services.engine.start({
    runId,
    workflow,
    inputs,
    envelope,
    memo: {
      version,
      labels: envelope.labels,
      ...(start !== undefined && { idempotency_key: keyMark(start.key) }),
    },
    summary: title ?? `${workflow} ${version}`,
  });
  const known = { id: runId, workflow, version, planHash, inputs };
  if (started !== false) {
    const executionId = started.executionId;
    return { ...known, labels: envelope.labels, executionId, createdAt: new Date(), replayed: false };
  }
  const found = await services.engine.describe(runId);
  if (start === undefined || found === undefined || found.memo['idempotency_key'] !== keyMark(start.key)) {
    if (start !== undefined) await services.store.all(releaseIdempotencyKey(start.key));
    throw runExists(runId);
  }
  const { executionId, startedAt } = found;
  return { ...known, labels: envelope.labels, executionId, createdAt: startedAt, replayed: true };
}

function envelopeOf({ plan }: FullVersionRow, body: StartRun, rerunOf: string | undefined): Envelope {
  return {
    interpreter: INTERPRETER_VERSION,
    plan: travellingPlan(plan),
    epoch: 0,
    labels: { ...plan.labels, ...body.labels },
    startedBy: body.by ?? null,
    ...(rerunOf !== undefined && { rerunOf }),
  };
}

export async function projected(services: Services, runId: string | undefined): Promise<RunRow | undefined> {
  return runId === undefined ? undefined : services.store.first<RunRow>(findRun(runId));
}

/** @throws UnprocessableError `inputs_invalid` with all that is wrong */
export function assertInputs(
  { plan, workflow, version }: Pick<FullVersionRow, 'plan' | 'workflow' | 'version'>,
  inputs: unknown,
): void {
  const { errors } = checkInputs(plan.inputs, inputs);
  if (errors.length === 0) return;
  const shown = errors.slice(0, MAX_ERRORS);
  const more = errors.length > shown.length ? ` And ${errors.length - shown.length} more.` : '';
  const summary = `${shown.map((error) => error.message).join(' ')}${more}`;
  throw new UnprocessableError(
    'inputs_invalid',
    `The inputs do not fit ${workflow}@${version}. ${summary}`,
    shown,
  );
}

export function runExists(runId: string): ConflictError {
  return new ConflictError(
    'run_exists',
    `A run "${runId}" exists or existed. Choose another id, or leave it out.`,
  );
}

const ID_LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** The workflow's name with ten letters (50 bits) of chance. */
export function newRunId(workflow: string): string {
  const letters = Array.from(randomBytes(10), (byte) => ID_LETTERS[byte % ID_LETTERS.length]);
  return `${workflow}-${letters.join('')}`;
}
