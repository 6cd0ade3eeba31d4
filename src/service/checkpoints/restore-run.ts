/**
 * Sets a run back to one of its checkpoints: the same run, the next epoch. The state of that moment is folded from the
 * stored history and handed over; what came later is superseded, and stays readable.
 *
 * An open run comes to rest first. Then its execution ends and the next one begins in one transaction of Temporal's, so
 * that there is no moment at which it has ended and does not go on. What somebody says to it between its last look and
 * that is refused, and told so.
 */
import type { RestoreAnswer, RestorePreview, RestoreRun } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import { leanEnvelope } from '../../projections/lean-envelope.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import { hasEnded } from '../../protocol/status.ts';
import {
  beginEpoch,
  findEnd,
  rowOf,
  startedBefore,
  starterOf,
  takenBefore,
} from '../continuing/next-epoch.ts';
import { addRunPlan } from '../../database/run-plans.ts';
import { assertDetails } from '../runs/find-target.ts';
import type { Scope, Services } from '../services.ts';
import { readStandingState, type CheckpointThen } from '../state/read-checkpoint-state.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { comeToRest } from './come-to-rest.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { depart, type Departing, type Promoted } from './depart.ts';
import { planOf } from './going-on.ts';
import { previewOf, shownResults } from './preview.ts';
import { listSaidSince, type SaidRow } from './queries/list-said-since.ts';
import { listTriedSteps, type TriedStepRow } from './queries/list-tried-steps.ts';

export interface Restoring {
  readonly answer: RestoreAnswer;
  /** The tables show it; otherwise Temporal has it, and they will. */
  readonly projected: boolean;
  /** It was done already, under the same key. */
  readonly replayed: boolean;
}

interface RestoreRequest {
  readonly runId: string;
  readonly body: RestoreRun;
  /** The key under which the same request counts once, if there is one. */
  readonly key: string | undefined;
}

/**
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`, `step_not_found`; ConflictError `run_not_at_rest`,
 *   `run_still_working` (a run without a row yet), `run_archived`, `checkpoint_pruned`, `set_refused`,
 *   `workspace_snapshot_missing`,
 *   `would_drop_messages`, `continue_in_progress`, `plan_not_found`, `idempotency_key_reused`; InvalidError and
 *   UnprocessableError as `depart` does; UnavailableError `projection_behind` and when Temporal or Postgres is away
 */
export function restoreRun(scope: Scope, request: RestoreRequest): Promise<Restoring> {
  return restoreAs(scope, request, undefined);
}

/** The same, where the run is to go on as one of its branches does. */
export async function restoreAs(
  scope: Scope,
  { runId, body, key }: RestoreRequest,
  promoted: Promoted | undefined,
): Promise<Restoring> {
  const { checkpoint: name, dry_run } = body;
  scope.call.record?.note({ run: runId, detail: { checkpoint: name, dry_run } });
  const asked = { action: 'restore', by: body.by ?? null, body, key } as const;
  const row = await rowOf(scope, runId);
  assertDetails(row);
  const checkpoint = await findCheckpoint(scope, runId, name);
  const past = await stateOf(scope, checkpoint);
  const prepared = await prepare(scope, { row, checkpoint, past, body, promoted });
  const { preview } = prepared;
  const answered = (now: RunRow, replayed: boolean) => ({
    ...{ answer: { dry_run, run: runJson(now), preview }, projected: true, replayed },
  });
  if (dry_run) return answered(row, false);
  if (await takenBefore(scope, row, asked)) return answered(row, true);
  const isOpen = !hasEnded(row);
  const before = await startedBefore(scope, row, asked);
  if (before !== undefined) return { ...before, answer: { dry_run, run: before.run, preview } };
  assertNamed(preview, body, row);
  const now = isOpen ? await restOf(scope, row, checkpoint, body) : row;
  if (now.epoch !== row.epoch) {
    if (await takenBefore(scope, now, asked)) return answered(now, true);
    throw setBackMeanwhile(runId);
  }
  const ready = isOpen ? await prepare(scope, { ...prepared, row: now }) : prepared;
  assertNamed(ready.preview, body, now);
  const { run, projected, replayed } = await begin(scope, ready, asked);
  return { answer: { dry_run, run, preview: ready.preview }, projected, replayed };
}

interface Wanted {
  readonly row: RunRow;
  readonly checkpoint: CheckpointRow;
  readonly past: CheckpointThen;
  readonly body: RestoreRun;
  readonly promoted: Promoted | undefined;
}

async function prepare(scope: Scope, wanted: Wanted): Promise<Prepared> {
  const { row, checkpoint, past, body, promoted } = wanted;
  const departing = await depart(scope, checkpoint, past, { ...body, revision: row.revision, promoted });
  const steps = await scope.store.all<TriedStepRow>(listTriedSteps(row.id));
  return { ...wanted, departing, steps, preview: await foretell(scope, checkpoint, departing, steps) };
}

/** The run once nothing of it is under way any more. @throws ConflictError `run_not_at_rest` */
function restOf(
  scope: Scope,
  row: RunRow,
  { number }: CheckpointRow,
  { mode, timeout, by, reason }: RestoreRun,
): Promise<RunRow> {
  const why = `to be set back to cp-${number}${reason === undefined ? '' : `: ${reason}`}`;
  return comeToRest(scope, row, { mode, timeout, by, reason: why.slice(0, MAX_MESSAGE_CHARS) });
}

interface Prepared extends Wanted {
  readonly departing: Departing;
  readonly steps: readonly TriedStepRow[];
  readonly preview: RestorePreview;
}

async function begin(
  scope: Scope,
  { row, checkpoint, departing, steps }: Prepared,
  asked: Parameters<typeof beginEpoch>[2],
) {
  // One whose last execution has refused its arguments has left nothing there.
  const end = hasEnded(row)
    ? (await findEnd(scope, row))?.state
    : await readStandingState(scope.store, row.id, row.execution_id);
  const { past, wanted, inputs, edited } = departing;
  const { labels, plan } = past;
  if (edited !== null) await scope.store.all(addRunPlan(row.id, edited));
  const envelope: Envelope = {
    interpreter: past.interpreter,
    plan: await planOf(scope, plan),
    epoch: row.epoch + 1,
    labels,
    startedBy: starterOf(row),
    carry: past.carry(end ?? {}, shownResults(departing, steps), departing.files),
    base: { executionId: checkpoint.execution_id, eventId: checkpoint.event_id },
    continue: wanted,
  };
  const { name: workflow, version, title } = plan;
  const beginning = { workflow, version, title, inputs, labels };
  return beginEpoch(scope, row, asked, { ...beginning, envelope: leanEnvelope(envelope, plan, inputs) });
}

async function foretell(
  { store }: Services,
  row: CheckpointRow,
  departing: Departing,
  steps: readonly TriedStepRow[],
): Promise<RestorePreview> {
  const said = await store.all<SaidRow>(listSaidSince(row.run_id, row.seq ?? 0));
  return previewOf({ row, departing, steps, said, isFork: false });
}

/** What a person said and nobody has read is dropped only when it is named. */
function assertNamed({ messages }: RestorePreview, { drop_messages }: RestoreRun, run: RunRow): void {
  const unnamed = messages.filter(({ seq, unread }) => unread && !drop_messages.includes(seq));
  if (unnamed.length === 0) return;
  const numbers = unnamed.map(({ seq }) => seq);
  const paused = run.is_paused ? ' The run is paused until then, or until it is resumed.' : '';
  const message =
    `Nobody has read ${numbers.length === 1 ? 'message' : 'messages'} ${numbers.join(', ')} of run "${run.id}", which came ` +
    `after the checkpoint. Say it again afterwards, and name what may be dropped as "drop_messages".${paused}`;
  throw new ConflictError('would_drop_messages', message, [], { facts: { messages: numbers } });
}

function setBackMeanwhile(runId: string): ConflictError {
  const message = `Somebody else has set run "${runId}" back meanwhile. Look at it again.`;
  return new ConflictError('continue_in_progress', message);
}
