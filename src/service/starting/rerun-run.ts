/**
 * Starts a run anew: another run of the same plan with the same inputs and labels, except for what the caller changes.
 *
 * The plan is that of the run by its hash, whatever was published since, unless the newest is asked for. Nothing else is
 * taken over: no results, no workspace, no conversation. Large inputs are referred to, not copied.
 */
import type { JsonObject } from '../../plan/json.ts';
import type { RerunRun } from '../../contract/run.ts';
import type { Scope } from '../services.ts';
import { behind, readTarget } from '../runs/find-target.ts';
import { startOnce, type Started } from './start-run.ts';

/** @throws NotFoundError `run_not_found`; UnavailableError `projection_behind`; as `startRun` does. */
export async function rerunRun(
  scope: Scope,
  runId: string,
  { newest, inputs, labels, id, by }: RerunRun,
  key?: string,
): Promise<Started> {
  const { run, projected } = await readTarget(scope, runId);
  if (!projected) throw behind(`The tables do not show yet what run "${runId}" was started with.`);
  const version = newest || run.plan_hash === null ? undefined : run.plan_hash;
  const body = {
    workflow: run.workflow,
    ...(version !== undefined && { version }),
    inputs: { ...(run.inputs as JsonObject), ...(inputs as JsonObject) },
    labels: { ...run.labels, ...labels },
    ...(id !== undefined && { id }),
    ...(by !== undefined && { by }),
  };
  const started = await startOnce(scope, body, { key, rerunOf: run.id });
  scope.call.record?.note({ run: runId, detail: { started: started.run.id, replayed: started.replayed } });
  return started;
}
