/** The checkpoints of a run for readers: a page of them, or one with what has changed since its parent. */
import type { Checkpoint, CheckpointDetail, CheckpointFilter } from '../../contract/checkpoint.ts';
import { jsonBytes } from '../../plan/json.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import { readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';
import { checkpointJson, type CheckpointRow } from '../views/checkpoint.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { findKeptBefore, listCheckpoints } from './queries/list-checkpoints.ts';
import { listSaidSince, type SaidRow } from './queries/list-said-since.ts';

/** A page of checkpoints, newest first. @throws NotFoundError `run_not_found`; InvalidError `invalid_cursor` */
export async function readCheckpoints(
  services: Services,
  runId: string,
  { limit, cursor }: CheckpointFilter,
): Promise<Page<Checkpoint>> {
  const before = cursor === undefined ? undefined : Number(decodeCursor('checkpoints', cursor)[0]);
  const rows = await services.store.all<CheckpointRow>(listCheckpoints(runId, limit, before));
  if (rows.length === 0) await readTarget(services, runId);
  return pageOf('checkpoints', rows, limit, checkpointJson, ({ number }) => [String(number)]);
}

/**
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`; ConflictError `run_archived`, `checkpoint_pruned`
 */
export async function readCheckpoint(
  services: Services,
  runId: string,
  name: string,
): Promise<CheckpointDetail> {
  const row = await findCheckpoint(services, runId, name);
  const parent = await keptBefore(services, row);
  const [past, before, said] = await Promise.all([
    stateOf(services, row),
    parent === null ? null : stateOf(services, parent),
    services.store.all<SaidRow>(listSaidSince(runId, parent?.seq ?? 0, row.seq ?? undefined)),
  ]);
  const messages = said.map(({ seq }) => seq);
  return {
    ...checkpointJson(row),
    changes: {
      since: parent?.number ?? null,
      steps: changedSteps(before, past),
      ...used(parent, row),
      messages,
    },
    takes_along: taken(past),
  };
}

/** Of a fork that begins here, its previews aside. */
function taken(past: CheckpointThen): CheckpointDetail['takes_along'] {
  const results = Object.values(past.steps).flatMap(({ status, result }) =>
    status === 'completed' && result !== undefined ? result : [],
  );
  return {
    results: results.length,
    result_bytes: results.reduce((sum, { bytes }) => sum + bytes, 0),
    state_bytes: jsonBytes(past.carry(null, new Map(), 'restore')),
  };
}

/** The parent; where it was pruned, the next one before it that is there. */
async function keptBefore(
  { store }: Services,
  { run_id, parent }: CheckpointRow,
): Promise<CheckpointRow | null> {
  if (parent === null) return null;
  return (await store.first<CheckpointRow>(findKeptBefore(run_id, parent))) ?? null;
}

function changedSteps(before: CheckpointThen | null, { plan, steps }: CheckpointThen) {
  return plan.steps.flatMap(({ key }) => {
    const { status: to = 'pending', attempt = 0 } = steps[key] ?? {};
    const from = before?.steps[key]?.status ?? null;
    return to === (from ?? 'pending') ? [] : [{ key, from, to, attempt }];
  });
}

function used(parent: CheckpointRow | null, row: CheckpointRow) {
  const since = (name: 'turns' | 'total_tokens' | 'cost_estimate') => {
    const [past, now] = [parent === null ? 0 : parent[name], row[name]];
    return past === null || now === null ? null : now - past;
  };
  return {
    turns: since('turns'),
    total_tokens: since('total_tokens'),
    cost_estimate: since('cost_estimate'),
  };
}
