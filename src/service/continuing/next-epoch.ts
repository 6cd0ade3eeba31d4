/**
 * A closed run goes on, or an open one that is set back: the same id, a further execution, the next epoch.
 *
 * Of several requests at once the one that has the epoch's row starts; the others are told so. A request that died
 * between its row and the start leaves nothing behind but that row: the same key takes it up at once, anybody else
 * after some seconds. Temporal refuses a second start while the run is open, so it never goes on twice. Where an open run
 * is set back, Temporal ends its execution and starts the other in one transaction: it is still open, or it goes on.
 */
import type { Described } from '../ways/engine.ts';
import { ConflictError, type UnavailableError } from '../../errors/errors.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { hasEnded } from '../../protocol/status.ts';
import { claimEpoch, type EpochAction } from './queries/claim-epoch.ts';
import { findCheckpoint, type CheckpointRow } from './queries/find-checkpoint.ts';
import { findContinuation, type ContinuationRow } from './queries/find-continuation.ts';
import { findRun } from '../runs/queries/find-run.ts';
import type { Scope, Services } from '../services.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { awaitProjection, patienceOf } from '../changes/await-projection.ts';
import type { Continued } from './continue-request.ts';
import { behind, readTarget } from '../runs/find-target.ts';
import { bodyHash, keyMark } from '../starting/idempotency.ts';

/** Longer than a start may take: whoever has taken the epoch and not started by then never will. */
const CLAIM_SECONDS = 15;

const NOT_PAUSED = {
  ...{ is_paused: false, pause: null, pause_reason: null, pause_requested_at: null, pause_drained_at: null },
} as const;

/** What somebody wants of a run. */
export interface Asked {
  readonly action: EpochAction;
  readonly by: string | null;
  readonly body: object;
  /** The key under which the same request counts once, if there is one. */
  readonly key: string | undefined;
}

/** What the further execution is started with. */
export interface Beginning {
  readonly workflow: string;
  readonly version: string;
  readonly title: string | null;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly envelope: Envelope;
}

/** The run's row. @throws UnavailableError `projection_behind` for a run that only Temporal knows yet. */
export async function rowOf(services: Services, runId: string): Promise<RunRow> {
  const row = await services.store.first<RunRow>(findRun(runId));
  if (row !== undefined) return row;
  const { open } = await readTarget(services, runId);
  throw open ? stillWorking(runId) : endUnknown(runId);
}

/** The tables show already what was asked under the same key. @throws ConflictError `idempotency_key_reused` */
export async function takenBefore(
  { store }: Services,
  { id, epoch }: RunRow,
  { action, body, key }: Asked,
): Promise<boolean> {
  if (key === undefined) return false;
  const row = await store.first<ContinuationRow>(findContinuation(id, action, keyMark(key)));
  if (row !== undefined && row.body_hash !== bodyHash(body)) {
    const message = `The Idempotency-Key was used to ${action} run "${id}" with another body. Take a new key.`;
    throw new ConflictError('idempotency_key_reused', message);
  }
  return row !== undefined && row.epoch <= epoch;
}

/**
 * The run as the same request has had it go on already, which the tables do not show yet; undefined when they show its
 * end. @throws ConflictError `run_still_working`; UnavailableError `projection_behind`
 */
export async function startedBefore(
  services: Scope,
  row: RunRow,
  asked: Asked,
): Promise<Continued | undefined> {
  const newest = await services.engine.describe(row.id);
  if (newest === undefined || newest.executionId === row.execution_id) return undefined;
  if (isOf(newest, asked)) return shown(services, row, newest.executionId, { replayed: true });
  if (!hasEnded(row)) throw behind(`The tables do not show yet where run "${row.id}" stands.`);
  throw newest.open ? stillWorking(row.id) : endUnknown(row.id);
}

/** How the newest execution ended. @throws UnavailableError `projection_behind` */
export async function endOf(services: Services, row: RunRow): Promise<CheckpointRow> {
  const found = await findEnd(services, row);
  if (found === undefined) throw behind(row.id);
  return found;
}

/** The same, as far as there is something to go on from; the projector may be writing it just now. */
export async function findEnd(services: Services, row: RunRow): Promise<CheckpointRow | undefined> {
  const where = { id: row.id, executionId: row.execution_id };
  const read = () => services.store.first<CheckpointRow>(findCheckpoint(row.id, row.execution_id));
  return (await read()) ?? (await awaitProjection(services, where, read));
}

/**
 * Takes the next epoch and starts it.
 *
 * @throws ConflictError `continue_in_progress`, `run_still_working`
 */
export async function beginEpoch(
  services: Scope,
  row: RunRow,
  asked: Asked,
  beginning: Beginning,
): Promise<Continued> {
  await claim(services, row, asked);
  const already = hasEnded(row) ? undefined : await startedBefore(services, row, asked);
  if (already !== undefined) return already;
  const executionId = await start(services, row, asked, beginning);
  if (executionId !== undefined) return shown(services, row, executionId, { replayed: false });
  const other = await services.engine.describe(row.id);
  if (other === undefined || !isOf(other, asked)) throw stillWorking(row.id);
  return shown(services, row, other.executionId, { replayed: true });
}

/** Who asked for the run, as its first envelope had it: what Temporal says of a start without a name is no name. */
export function starterOf({ metadata }: RunRow): string | null {
  const { started_by: by, identity } = (metadata ?? {}) as { started_by?: unknown; identity?: unknown };
  return typeof by === 'string' && by !== identity ? by : null;
}

/** The execution was started under the key of this request. */
function isOf({ memo }: Described, { key }: Asked): boolean {
  return key !== undefined && memo['idempotency_key'] === keyMark(key);
}

async function claim({ store }: Services, row: RunRow, { action, by, body, key }: Asked): Promise<void> {
  const keyed = key === undefined ? {} : { idempotency_key: keyMark(key), body_hash: bodyHash(body) };
  const detail = { ...keyed, base: row.execution_id };
  const epoch = row.epoch + 1;
  const taken = await store.first(
    claimEpoch({ runId: row.id, epoch, action, by, detail, freeAfter: CLAIM_SECONDS }),
  );
  if (taken !== undefined) return;
  const message = `Somebody else is continuing run "${row.id}" at this moment. Look at it again in a few seconds.`;
  throw new ConflictError('continue_in_progress', message);
}

/** The new execution's id; undefined when the run is open already. */
async function start(
  services: Services,
  row: RunRow,
  { key }: Asked,
  { workflow, version, title, inputs, labels, envelope }: Beginning,
): Promise<string | undefined> {
  const { id: runId, epoch } = row;
  const mark = key === undefined ? crypto.randomUUID() : keyMark(key);
  const started = await services.engine.start({
    runId,
    workflow,
    inputs,
    envelope,
    memo: { version, labels, ...(key !== undefined && { idempotency_key: mark }) },
    summary: title ?? `${workflow} ${version}`,
    again: true,
    ...(!hasEnded(row) && { replacing: `${runId}/${epoch + 1}/${mark}` }),
  });
  return started === false ? undefined : started.executionId;
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
  const began = { status: 'pending', execution_id: executionId, epoch: row.epoch + 1 } as const;
  const started = { ...row, ...NOT_PAUSED, ...began };
  return { run: runJson(started), projected: false, replayed };
}

function stillWorking(runId: string): ConflictError {
  const message = `Run "${runId}" has not ended. Wait for it, or cancel it first.`;
  return new ConflictError('run_still_working', message);
}

const endUnknown = (runId: string): UnavailableError =>
  behind(`The tables do not show yet how run "${runId}" ended.`);
