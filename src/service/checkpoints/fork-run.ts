/**
 * Starts another run that begins with the state of a checkpoint. The run that it is forked from stays as it is, open or
 * closed; effects of the fork are its own, since their keys contain its id.
 */
import type { ForkRun } from '../../contract/checkpoint.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import type { Scope } from '../services.ts';
import { claimKey, runOfKey, startKey } from '../starting/idempotency.ts';
import { placeInputs } from '../starting/place-inputs.ts';
import {
  assertInputs,
  newRunId,
  projected,
  runExists,
  startPlanned,
  type Started,
} from '../starting/start-run.ts';
import type { CheckpointThen } from '../state/read-checkpoint-state.ts';
import type { CheckpointRow } from '../views/checkpoint.ts';
import { runJson } from '../views/run.ts';
import { findCheckpoint, stateOf } from './find-checkpoint.ts';
import { planOf, restoringFrom } from './going-on.ts';

/**
 * @throws NotFoundError `run_not_found`, `checkpoint_not_found`; ConflictError `run_archived`, `checkpoint_pruned`,
 *   `run_exists`, `idempotency_key_reused`, `plan_not_found`; UnprocessableError `inputs_invalid`; UnavailableError
 */
export async function forkRun(scope: Scope, runId: string, body: ForkRun, key?: string): Promise<Started> {
  const { record } = scope.call;
  record?.note({ run: runId, detail: { checkpoint: body.checkpoint } });
  const start = key === undefined ? undefined : startKey(key, { ...body, fork_of: runId });
  const earlier = start === undefined ? undefined : await runOfKey(scope.store, start);
  const there = await projected(scope, earlier ?? body.id);
  if (there !== undefined && earlier === undefined) throw runExists(there.id);
  const started =
    there === undefined
      ? await startFork(scope, runId, body, { start, earlier })
      : { run: runJson(there), replayed: true };
  record?.note({ run: runId, detail: { started: started.run.id, replayed: started.replayed } });
  return started;
}

interface Named {
  readonly start: ReturnType<typeof startKey> | undefined;
  /** The id that the key stands for already. */
  readonly earlier: string | undefined;
}

async function startFork(
  scope: Scope,
  runId: string,
  body: ForkRun,
  { start, earlier }: Named,
): Promise<Started> {
  const checkpoint = await findCheckpoint(scope, runId, body.checkpoint);
  const past = await stateOf(scope, checkpoint);
  const inputs = await inputsOf(scope, past, body.inputs as JsonObject);
  const envelope = await envelopeOf(scope, checkpoint, past, body);
  const { name: workflow, version, hash: planHash, title } = past.plan;
  const wanted = earlier ?? body.id ?? newRunId(workflow);
  const id = start === undefined ? wanted : await claimKey(scope.store, start, wanted);
  return startPlanned(scope, { runId: id, workflow, version, planHash, title, inputs, envelope, start });
}

/** Those of the checkpoint, with what is other. @throws UnprocessableError `inputs_invalid` */
async function inputsOf(
  { store }: Scope,
  { plan, inputs }: CheckpointThen,
  others: JsonObject,
): Promise<JsonObject> {
  if (Object.keys(others).length === 0) return inputs;
  const all = { ...inputs, ...others };
  assertInputs({ plan, workflow: plan.name, version: plan.version }, all);
  return placeInputs(store, plan, all);
}

async function envelopeOf(
  scope: Scope,
  { run_id, number, execution_id, event_id }: CheckpointRow,
  past: CheckpointThen,
  { labels, reason, by }: ForkRun,
): Promise<Envelope> {
  return {
    interpreter: past.interpreter,
    plan: await planOf(scope, past.plan),
    epoch: 0,
    labels: { ...past.labels, ...labels },
    startedBy: by ?? null,
    carry: past.carry(null),
    base: { executionId: execution_id, eventId: event_id },
    continue: restoringFrom({ run: run_id, checkpoint: number, from: null, at: past.at }, { reason, by }),
  };
}
