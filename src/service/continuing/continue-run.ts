/**
 * Goes on with a closed run: the same run, the same sessions, a new epoch (next-epoch.ts).
 */
import { leanEnvelope } from '../../projections/lean-envelope.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import type { FullVersionRow } from '../definitions/queries/find-version.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { Scope } from '../services.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { chooseContinuedStep } from './choose-continued-step.ts';
import { continuationOf } from './continuation.ts';
import type { Continued, ContinueRequest } from './continue-request.ts';
import { assertDetails } from '../runs/find-target.ts';
import { travellingPlan } from '../starting/place-inputs.ts';
import { beginEpoch, endOf, rowOf, starterOf, startedBefore, takenBefore } from './next-epoch.ts';
import { readStoredPlan } from '../definitions/stored-plan.ts';
import type { CheckpointRow } from './queries/find-checkpoint.ts';
import { raiseLimit } from './raise-limit.ts';

/**
 * @throws NotFoundError `run_not_found`, `step_not_found`, `session_not_found`; ConflictError `run_still_working`,
 *   `run_archived`, `nothing_to_continue`, `continue_in_progress`, `plan_not_found`, `session_of_another_run`,
 *   `idempotency_key_reused`; UnavailableError `projection_behind` and when Temporal or Postgres is away.
 */
export async function continueRun(services: Scope, request: ContinueRequest): Promise<Continued> {
  const { runId, body, key } = request;
  services.call.record?.note({ run: runId });
  const asked = { action: 'continue', by: body.by ?? null, body, key } as const;
  const row = await rowOf(services, runId);
  if (await takenBefore(services, row, asked)) return { run: runJson(row), projected: true, replayed: true };
  assertDetails(row);
  if (!hasEnded(row)) {
    services.call.rest();
    return raiseLimit(services, row, request);
  }
  const started = await startedBefore(services, row, asked);
  if (started !== undefined) return started;
  const step = await chooseContinuedStep(services.store, row, body);
  const end = await endOf(services, row);
  const { workflow, inputs, labels } = end;
  const plan = { name: workflow, version: end.version, hash: end.plan_hash };
  const version = await readStoredPlan(services, plan);
  const envelope = leanEnvelope(envelopeOf(row, end, version, request, step), version.plan, inputs);
  const { title } = version;
  return beginEpoch(services, row, asked, {
    ...{ workflow, version: end.version, title, inputs, labels, envelope },
  });
}

function envelopeOf(
  row: RunRow,
  end: CheckpointRow,
  { plan }: FullVersionRow,
  request: ContinueRequest,
  step: string | null,
): Envelope {
  return {
    interpreter: end.interpreter,
    plan: travellingPlan(plan),
    epoch: row.epoch + 1,
    labels: end.labels,
    startedBy: starterOf(row),
    carry: end.state,
    base: { executionId: end.execution_id, eventId: end.event_id },
    continue: continuationOf(request.body, step),
  };
}
