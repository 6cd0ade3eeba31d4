/** A checkpoint of a run by what people call it: `3`, `cp-3`, or its label. */
import { ConflictError, NotFoundError } from '../../errors/errors.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { readCheckpointState, type CheckpointThen } from '../state/read-checkpoint-state.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { findCheckpointNamed, findPruned } from './queries/list-checkpoints.ts';

const NUMBER = /^(?:cp-)?([1-9]\d{0,8})$/i;

/**
 * @param name the newest unless told
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`; ConflictError `run_archived`, `checkpoint_pruned` where
 *   somebody has pruned it
 */
export async function findCheckpoint(
  services: Services,
  runId: string,
  name: string | undefined,
): Promise<CheckpointRow> {
  const wanted = name === undefined ? 'newest' : namedBy(name);
  const found = await services.store.first<CheckpointRow>(findCheckpointNamed(runId, wanted));
  if (found !== undefined) return found;
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const pruned =
    wanted === 'newest'
      ? undefined
      : await services.store.first<{ readonly number: number }>(findPruned(runId, wanted));
  if (pruned !== undefined) throw wasPruned(runId, pruned.number);
  const which = name === undefined ? 'no checkpoint yet' : `no checkpoint "${name}"`;
  const message = `Run "${runId}" has ${which}. GET /runs/:id/checkpoints lists those that it has.`;
  throw new NotFoundError('checkpoint_not_found', message);
}

function namedBy(name: string) {
  const digits = NUMBER.exec(name)?.[1];
  return digits === undefined ? { number: null, label: name } : { number: Number(digits), label: null };
}

/** What it stands for. @throws ConflictError `checkpoint_pruned` where its history is not stored any more */
export async function stateOf(services: Services, row: CheckpointRow): Promise<CheckpointThen> {
  const { run_id: runId, number, execution_id: executionId, event_id: eventId } = row;
  const then = await readCheckpointState(services.store, runId, { executionId, eventId });
  if (then !== null) return then;
  const message = `The history that checkpoint ${number} of run "${runId}" points at is not stored any more. Take another one.`;
  throw new ConflictError('checkpoint_pruned', message);
}

function wasPruned(runId: string, number: number): ConflictError {
  const message =
    `Checkpoint ${number} of run "${runId}" was pruned. Take another one: GET /runs/:id/checkpoints lists those that are ` +
    'left.';
  return new ConflictError('checkpoint_pruned', message);
}
