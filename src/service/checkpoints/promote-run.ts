/**
 * Makes what a branch has come to a run's own: the run is set back to the checkpoint that the branch was forked from, with
 * the inputs and the plan of the branch, and with the ends that its steps have come to there. What the branch had not
 * settled, or what had failed in it, is done by the run itself.
 */
import type { PromoteRun } from '../../contract/checkpoint.ts';
import { ConflictError } from '../../errors/errors.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import type { Scope, Services } from '../services.ts';
import type { CheckpointThen, GivenEnd } from '../state/read-checkpoint-state.ts';
import type { Promoted } from './depart.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { listTriedSteps, type TriedStepRow } from './queries/list-tried-steps.ts';
import { restoreAs, type Restoring } from './restore-run.ts';

interface PromoteRequest {
  readonly runId: string;
  readonly body: PromoteRun;
  /** The key under which the same request counts once, if there is one. */
  readonly key: string | undefined;
}

/**
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`; ConflictError `not_forked_from`, `nothing_to_promote`, `run_archived`, and as
 *   `restoreRun` does
 */
export async function promoteRun(scope: Scope, { runId, body, key }: PromoteRequest): Promise<Restoring> {
  const { branch } = body;
  scope.call.record?.note({ run: runId, detail: { branch } });
  const { run } = await readTarget(scope, branch);
  assertDetails(run);
  const from = run.lineage.forked_from;
  if (from?.run !== runId) throw notForked(runId, branch, from?.run);
  const promoted = await promotedOf(scope, branch);
  const set = { inputs: {}, steps: {} };
  const restore = { ...body, checkpoint: String(from.checkpoint), set };
  return restoreAs(scope, { runId, body: restore, key }, promoted);
}

/** What the branch stands at: its newest checkpoint, in which all is that has settled. */
async function promotedOf(services: Services, branch: string): Promise<Promoted> {
  const stands = await stateOf(services, await findCheckpoint(services, branch, undefined));
  const rows = await services.store.all<TriedStepRow>(listTriedSteps(branch));
  return { run: branch, stands, ends: endsOf(stands, rows) };
}

/** Of the steps that have completed or were skipped. The tables may know more of a result's preview than the state. */
function endsOf({ steps }: CheckpointThen, rows: readonly TriedStepRow[]): ReadonlyMap<string, GivenEnd> {
  const previews = new Map(rows.map(({ key, output_preview }) => [key, output_preview]));
  const ends = new Map<string, GivenEnd>();
  for (const [key, { status, result, reason = '' }] of Object.entries(steps)) {
    if (status === 'skipped') ends.set(key, { skipped: reason });
    if (status !== 'completed' || result === undefined) continue;
    ends.set(key, { result: { ...result, preview: previews.get(key) ?? result.preview } });
  }
  return ends;
}

function notForked(runId: string, branch: string, parent: string | undefined): ConflictError {
  const whose = parent === undefined ? 'it was forked from none' : `it was forked from run "${parent}"`;
  const message = `Run "${branch}" is no branch of run "${runId}": ${whose}. Only a run's own forks can be promoted to it.`;
  return new ConflictError('not_forked_from', message, [], { facts: { forked_from: parent ?? null } });
}
