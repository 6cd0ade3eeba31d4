/**
 * Sets a closed run back to one of its checkpoints: the same run, the next epoch. The state of that moment is folded from
 * the stored history and handed over; what came later is superseded, and stays readable.
 */
import type { RestoreAnswer, RestorePreview, RestoreRun } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Continuation, Envelope } from '../../protocol/envelope.ts';
import { hasEnded } from '../../protocol/status.ts';
import {
  beginEpoch,
  findEnd,
  rowOf,
  startedBefore,
  starterOf,
  takenBefore,
} from '../continuing/next-epoch.ts';
import { assertDetails } from '../runs/find-target.ts';
import { noSuchStep } from '../runs/step-not-found.ts';
import type { Scope, Services } from '../services.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { planOf, restoringFrom } from './going-on.ts';
import { previewOf } from './preview.ts';
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
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`, `step_not_found`; ConflictError `run_still_working`,
 *   `run_archived`, `checkpoint_pruned`, `would_drop_messages`, `continue_in_progress`, `plan_not_found`,
 *   `idempotency_key_reused`; UnavailableError `projection_behind` and when Temporal or Postgres is away
 */
export async function restoreRun(scope: Scope, { runId, body, key }: RestoreRequest): Promise<Restoring> {
  const { checkpoint: name, dry_run } = body;
  scope.call.record?.note({ run: runId, detail: { checkpoint: name, dry_run } });
  const asked = { action: 'restore', by: body.by ?? null, body, key } as const;
  const row = await rowOf(scope, runId);
  assertDetails(row);
  const checkpoint = await findCheckpoint(scope, runId, name);
  const past = await stateOf(scope, checkpoint);
  const wanted = await wantedOf(scope, checkpoint, past, body);
  const preview = await foretell(scope, checkpoint, past, wanted);
  if (dry_run) return { answer: { dry_run, run: runJson(row), preview }, projected: true, replayed: false };
  if (await takenBefore(scope, row, asked))
    return { answer: { dry_run, run: runJson(row), preview }, projected: true, replayed: true };
  if (!hasEnded(row)) throw stillOpen(row, checkpoint);
  const begun =
    (await startedBefore(scope, row, asked)) ??
    (await begin(scope, { row, checkpoint, past, wanted, preview }, asked, body));
  const { run, projected, replayed } = begun;
  return { answer: { dry_run, run, preview }, projected, replayed };
}

interface Prepared {
  readonly row: RunRow;
  readonly checkpoint: CheckpointRow;
  readonly past: CheckpointThen;
  readonly wanted: Continuation;
  readonly preview: RestorePreview;
}

async function begin(
  scope: Scope,
  { row, checkpoint, past, wanted, preview }: Prepared,
  asked: Parameters<typeof beginEpoch>[2],
  body: RestoreRun,
) {
  assertNamed(preview, body, row.id);
  // One whose last execution has refused its arguments has left nothing there.
  const end = await findEnd(scope, row);
  const { inputs, labels, plan } = past;
  const envelope: Envelope = {
    interpreter: past.interpreter,
    plan: await planOf(scope, plan),
    epoch: row.epoch + 1,
    labels,
    startedBy: starterOf(row),
    carry: past.carry(end?.state ?? {}),
    base: { executionId: checkpoint.execution_id, eventId: checkpoint.event_id },
    continue: wanted,
  };
  const { name: workflow, version, title } = plan;
  return beginEpoch(scope, row, asked, { workflow, version, title, inputs, labels, envelope });
}

/** @throws NotFoundError `step_not_found` */
async function wantedOf(
  { store }: Services,
  { run_id, number }: CheckpointRow,
  past: CheckpointThen,
  { from, reason, by }: RestoreRun,
): Promise<Continuation> {
  if (from !== undefined && !past.plan.steps.some(({ key }) => key === from))
    throw await noSuchStep(store, run_id, from);
  return restoringFrom({ run: run_id, checkpoint: number, from: from ?? null, at: past.at }, { reason, by });
}

async function foretell(
  { store }: Services,
  row: CheckpointRow,
  past: CheckpointThen,
  wanted: Continuation,
): Promise<RestorePreview> {
  const [steps, said] = await Promise.all([
    store.all<TriedStepRow>(listTriedSteps(row.run_id)),
    store.all<SaidRow>(listSaidSince(row.run_id, row.seq ?? 0)),
  ]);
  return previewOf({ row, past, wanted, steps, said });
}

/** What a person said and nobody has read is dropped only when it is named. */
function assertNamed({ messages }: RestorePreview, { drop_messages }: RestoreRun, runId: string): void {
  const unnamed = messages.filter(({ seq, unread }) => unread && !drop_messages.includes(seq));
  if (unnamed.length === 0) return;
  const numbers = unnamed.map(({ seq }) => seq);
  const message =
    `Nobody has read ${numbers.length === 1 ? 'message' : 'messages'} ${numbers.join(', ')} of run "${runId}", which came ` +
    'after the checkpoint. Say it again afterwards, and name what may be dropped as "drop_messages".';
  throw new ConflictError('would_drop_messages', message, [], { facts: { messages: numbers } });
}

function stillOpen({ id, status }: RunRow, { number }: CheckpointRow): ConflictError {
  const message =
    `Run "${id}" is ${status}: only a run that has ended can be set back. Cancel it first, or fork another run from ` +
    `the checkpoint: POST /runs/:id/forks {"checkpoint": ${number}}.`;
  return new ConflictError('run_still_working', message);
}
