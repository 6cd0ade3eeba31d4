/**
 * Goes on with a closed run: the same run, the same sessions, a new epoch.
 *
 * Of several requests at once the one that has the epoch's row starts; the others are told so. A request that died
 * between its row and the start leaves nothing behind but that row: the same key takes it up at once, anybody else
 * after some seconds. Temporal refuses a second start while the run is open, so it never goes on twice.
 */
import type { Described } from '../ways/engine.ts';
import { ConflictError, type UnavailableError } from '../../errors/errors.ts';
import { INLINE_PLAN_BYTES, type Envelope } from '../../protocol/envelope.ts';
import { claimEpoch } from './queries/claim-epoch.ts';
import { findCheckpoint, type CheckpointRow } from './queries/find-checkpoint.ts';
import { findContinuation, type ContinuationRow } from './queries/find-continuation.ts';
import { findRun } from '../runs/queries/find-run.ts';
import { findVersion, type FullVersionRow } from '../definitions/queries/find-version.ts';
import { CLOSED_STATUSES } from '../../contract/run.ts';
import type { Scope, Services } from '../services.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { awaitProjection, patienceOf } from '../changes/await-projection.ts';
import { chooseContinuedStep } from './choose-continued-step.ts';
import { continuationOf } from './continuation.ts';
import type { Continued, ContinueRequest } from './continue-request.ts';
import { assertDetails, behind, readTarget } from '../runs/find-target.ts';
import { bodyHash, keyMark } from '../starting/idempotency.ts';
import { planBytes } from '../starting/place-inputs.ts';
import { raiseLimit } from './raise-limit.ts';

/** Longer than a start may take: whoever has taken the epoch and not started by then never will. */
const CLAIM_SECONDS = 15;

/**
 * @throws NotFoundError `run_not_found`, `step_not_found`, `session_not_found`; ConflictError `run_still_working`,
 *   `run_archived`, `nothing_to_continue`, `continue_in_progress`, `plan_not_found`, `session_of_another_run`,
 *   `idempotency_key_reused`; UnavailableError `projection_behind` and when Temporal or Postgres is away.
 */
export async function continueRun(services: Scope, request: ContinueRequest): Promise<Continued> {
  const { runId, body } = request;
  services.call.record?.note({ run: runId });
  const row = await rowOf(services, runId);
  const earlier = await continuationOfKey(services, request);
  if (earlier !== undefined && earlier.epoch <= row.epoch) {
    return { run: runJson(row), projected: true, replayed: true };
  }
  assertDetails(row);
  if (!CLOSED_STATUSES.has(row.status)) {
    services.call.rest();
    return raiseLimit(services, row, request);
  }

  const newest = await services.engine.describe(runId);
  if (newest !== undefined && newest.executionId !== row.execution_id) {
    if (isOf(newest, request)) return shown(services, row, newest.executionId, { replayed: true });
    throw newest.open ? stillWorking(runId) : endUnknown(runId);
  }
  const step = await chooseContinuedStep(services.store, row, body);
  const checkpoint = await checkpointOf(services, row);
  const version = await versionOf(services, checkpoint);
  await claim(services, row, request);
  const executionId = await start(services, { row, checkpoint, version, step, request });
  if (executionId !== undefined) return shown(services, row, executionId, { replayed: false });
  const other = await services.engine.describe(runId);
  if (other === undefined || !isOf(other, request)) throw stillWorking(runId);
  return shown(services, row, other.executionId, { replayed: true });
}

/** The execution was started under the key of this request. */
function isOf({ memo }: Described, { key }: ContinueRequest): boolean {
  return key !== undefined && memo['idempotency_key'] === keyMark(key);
}

/** The run's row. @throws UnavailableError `projection_behind` for a run that only Temporal knows yet. */
async function rowOf(services: Services, runId: string): Promise<RunRow> {
  const row = await services.store.first<RunRow>(findRun(runId));
  if (row !== undefined) return row;
  const { open } = await readTarget(services, runId);
  throw open ? stillWorking(runId) : endUnknown(runId);
}

async function continuationOfKey(
  { store }: Services,
  { runId, body, key }: ContinueRequest,
): Promise<ContinuationRow | undefined> {
  if (key === undefined) return undefined;
  const row = await store.first<ContinuationRow>(findContinuation(runId, keyMark(key)));
  if (row !== undefined && row.body_hash !== bodyHash(body)) {
    const message = `The Idempotency-Key was used to continue run "${runId}" with another body. Take a new key.`;
    throw new ConflictError('idempotency_key_reused', message);
  }
  return row;
}

/** Where the newest execution ended; the projector may be writing it just now. */
async function checkpointOf(services: Services, row: RunRow): Promise<CheckpointRow> {
  const where = { id: row.id, executionId: row.execution_id };
  const read = () => services.store.first<CheckpointRow>(findCheckpoint(row.id, row.execution_id));
  const found = (await read()) ?? (await awaitProjection(services, where, read));
  if (found === undefined) throw behind(row.id);
  return found;
}

async function versionOf({ store }: Services, checkpoint: CheckpointRow): Promise<FullVersionRow> {
  const { workflow, version, plan_hash: hash } = checkpoint;
  const found = await store.first<FullVersionRow>(findVersion(workflow, hash));
  if (found !== undefined) return found;
  const message = `The plan of ${workflow}@${version} (${hash}) is not stored here any more. Publish it again as it was.`;
  throw new ConflictError('plan_not_found', message);
}

async function claim({ store }: Services, row: RunRow, { body, key }: ContinueRequest): Promise<void> {
  const keyed = key === undefined ? {} : { idempotency_key: keyMark(key), body_hash: bodyHash(body) };
  const epoch = row.epoch + 1;
  const detail = { ...keyed, base: row.execution_id };
  const by = body.by ?? null;
  const taken = await store.first(claimEpoch({ runId: row.id, epoch, by, detail, freeAfter: CLAIM_SECONDS }));
  if (taken !== undefined) return;
  const message = `Somebody else is continuing run "${row.id}" at this moment. Look at it again in a few seconds.`;
  throw new ConflictError('continue_in_progress', message);
}

interface Base {
  readonly row: RunRow;
  readonly checkpoint: CheckpointRow;
  readonly version: FullVersionRow;
  readonly step: string | null;
  readonly request: ContinueRequest;
}

/** The new execution's id; undefined when the run is open already. */
async function start(services: Services, base: Base): Promise<string | undefined> {
  const { row, checkpoint, version, request } = base;
  const started = await services.engine.start({
    runId: row.id,
    workflow: checkpoint.workflow,
    inputs: checkpoint.inputs,
    envelope: envelopeOf(base),
    memo: {
      version: checkpoint.version,
      labels: checkpoint.labels,
      ...(request.key !== undefined && { idempotency_key: keyMark(request.key) }),
    },
    summary: version.title ?? `${checkpoint.workflow} ${checkpoint.version}`,
    again: true,
  });
  return started === false ? undefined : started.executionId;
}

function envelopeOf({ row, checkpoint, version: { plan }, step, request }: Base): Envelope {
  const small = planBytes(plan) <= INLINE_PLAN_BYTES;
  return {
    interpreter: checkpoint.interpreter,
    plan: small ? plan : { name: plan.name, version: plan.version, hash: plan.hash },
    epoch: row.epoch + 1,
    labels: checkpoint.labels,
    startedBy: starterOf(row),
    carry: checkpoint.state,
    base: { executionId: checkpoint.execution_id, eventId: checkpoint.event_id },
    continue: continuationOf(request.body, step),
  };
}

/** Who asked for the run, as its first envelope had it: what Temporal says of a start without a name is no name. */
function starterOf({ metadata }: RunRow): string | null {
  const { started_by: by, identity } = (metadata ?? {}) as { started_by?: unknown; identity?: unknown };
  return typeof by === 'string' && by !== identity ? by : null;
}

/** The run once the tables show the execution; after some time, with what is known of it. */
async function shown(
  services: Scope,
  row: RunRow,
  executionId: string,
  { replayed }: { readonly replayed: boolean },
): Promise<Continued> {
  services.call.rest();
  const read = async () => {
    const now = await services.store.first<RunRow>(findRun(row.id));
    return now?.execution_id === executionId ? now : undefined;
  };
  const patience = patienceOf(services);
  const now = await awaitProjection(services, { id: row.id, executionId }, read, patience);
  if (now !== undefined) return { run: runJson(now), projected: true, replayed };
  const started = { ...row, status: 'pending', execution_id: executionId, epoch: row.epoch + 1 } as const;
  return { run: runJson(started), projected: false, replayed };
}

function stillWorking(runId: string): ConflictError {
  const message = `Run "${runId}" has not ended. Wait for it, or cancel it first.`;
  return new ConflictError('run_still_working', message);
}

const endUnknown = (runId: string): UnavailableError =>
  behind(`The tables do not show yet how run "${runId}" ended.`);
