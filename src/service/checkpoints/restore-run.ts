/**
 * Sets a closed run back to one of its checkpoints: the same run, the next epoch. The state of that moment is folded from
 * the stored history and handed over; what came later is superseded, and stays readable.
 */
import type { RestoreAnswer, RestorePreview, RestoreRun } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Envelope } from '../../protocol/envelope.ts';
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
import type { CheckpointRow } from '../views/checkpoint.ts';
import { runJson, type RunRow } from '../views/run.ts';
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
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`, `step_not_found`; ConflictError `run_still_working`,
 *   `run_archived`, `checkpoint_pruned`, `set_refused`, `would_drop_messages`, `continue_in_progress`, `plan_not_found`,
 *   `idempotency_key_reused`; InvalidError and UnprocessableError as `depart` does; UnavailableError `projection_behind` and when Temporal or Postgres is away
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
  const departing = await depart(scope, checkpoint, past, { ...body, revision: row.revision, promoted });
  const steps = await scope.store.all<TriedStepRow>(listTriedSteps(row.id));
  const preview = await foretell(scope, checkpoint, departing, steps);
  if (dry_run) return { answer: { dry_run, run: runJson(row), preview }, projected: true, replayed: false };
  if (await takenBefore(scope, row, asked))
    return { answer: { dry_run, run: runJson(row), preview }, projected: true, replayed: true };
  if (!hasEnded(row)) throw stillOpen(row, checkpoint);
  const begun =
    (await startedBefore(scope, row, asked)) ??
    (await begin(scope, { row, checkpoint, departing, steps, preview }, asked, body));
  const { run, projected, replayed } = begun;
  return { answer: { dry_run, run, preview }, projected, replayed };
}

interface Prepared {
  readonly row: RunRow;
  readonly checkpoint: CheckpointRow;
  readonly departing: Departing;
  readonly steps: readonly TriedStepRow[];
  readonly preview: RestorePreview;
}

async function begin(
  scope: Scope,
  { row, checkpoint, departing, steps, preview }: Prepared,
  asked: Parameters<typeof beginEpoch>[2],
  body: RestoreRun,
) {
  assertNamed(preview, body, row.id);
  // One whose last execution has refused its arguments has left nothing there.
  const end = await findEnd(scope, row);
  const { past, wanted, inputs, edited } = departing;
  const { labels, plan } = past;
  if (edited !== null) await scope.store.all(addRunPlan(row.id, edited));
  const envelope: Envelope = {
    interpreter: past.interpreter,
    plan: await planOf(scope, plan),
    epoch: row.epoch + 1,
    labels,
    startedBy: starterOf(row),
    carry: past.carry(end?.state ?? {}, shownResults(departing, steps)),
    base: { executionId: checkpoint.execution_id, eventId: checkpoint.event_id },
    continue: wanted,
  };
  const { name: workflow, version, title } = plan;
  return beginEpoch(scope, row, asked, { workflow, version, title, inputs, labels, envelope });
}

async function foretell(
  { store }: Services,
  row: CheckpointRow,
  departing: Departing,
  steps: readonly TriedStepRow[],
): Promise<RestorePreview> {
  const said = await store.all<SaidRow>(listSaidSince(row.run_id, row.seq ?? 0));
  return previewOf({ row, departing, steps, said });
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
