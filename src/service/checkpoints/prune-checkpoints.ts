/**
 * Prunes the checkpoints of a run: their rows go for good, and what is left says so. Stored events stay, since tables,
 * `verify` and superseded branches are made of them.
 *
 * A fork holds its state itself, so one that begins at this very moment loses nothing but the checkpoint that it names.
 */
import type { CheckpointsPruned, PruneCheckpoints } from '../../contract/checkpoint.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import type { Scope } from '../services.ts';
import type { Rows } from '../ways/store.ts';
import {
  deleteCheckpoints,
  findBranch,
  listForkedAt,
  listPoints,
  listRestoredTo,
  lockExecutions,
  measureCheckpoints,
} from './queries/prune-checkpoints.ts';
import { whatGoes, type Point, type Ties } from './what-goes.ts';

/** @throws NotFoundError `run_not_found`; ConflictError `run_archived` */
export async function pruneCheckpoints(
  scope: Scope,
  runId: string,
  wanted: PruneCheckpoints,
): Promise<CheckpointsPruned> {
  const { keep = 1, older_than = 0, keep_labelled: keepLabelled, dry_run } = wanted;
  const { record } = scope.call;
  record?.note({
    run: runId,
    detail: { keep, older_than_ms: older_than, keep_labelled: keepLabelled, dry_run },
  });
  const { run } = await readTarget(scope, runId);
  assertDetails(run);
  const before = new Date(Date.now() - older_than);
  return scope.store.transaction(async (rows) => {
    if (!dry_run) await rows.all(lockExecutions(runId));
    const points = await rows.all<Point>(listPoints(runId));
    const ties = await tiesOf(rows, runId);
    const { goes: numbers, needed } = whatGoes(points, ties, { keep, before, keepLabelled });
    const statement = dry_run ? measureCheckpoints : deleteCheckpoints;
    const told =
      numbers.length === 0 ? undefined : await rows.first<{ bytes: number }>(statement(runId, numbers));
    return {
      run_id: runId,
      dry_run,
      pruned: { checkpoints: numbers.length, numbers: [...numbers], bytes: told?.bytes ?? 0 },
      kept: { checkpoints: points.length - numbers.length, needed: [...needed] },
    };
  });
}

async function tiesOf(rows: Rows, runId: string): Promise<Ties> {
  const forked = await rows.all<{ number: number }>(listForkedAt(runId));
  const restored = await rows.all<{ number: number }>(listRestoredTo(runId));
  const numbersOf = (found: readonly { readonly number: number }[]) =>
    new Set(found.map(({ number }) => number));
  const branch = await rows.first<{ number: number }>(findBranch(runId));
  return { branch: branch?.number ?? null, forked: numbersOf(forked), restored: numbersOf(restored) };
}
