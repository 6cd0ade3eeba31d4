/** Why a step of a run is, or was, where it is. */
import type { StepWhy } from '../../contract/past/why.ts';
import { NotFoundError } from '../../errors/errors.ts';
import { readWhyThen } from '../../projections/why-then.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { eventNotFound, stepNotFound } from '../runs/missing.ts';
import { findStepPosition } from '../runs/queries/find-step-position.ts';
import type { Services } from '../services.ts';
import { readerOf } from './reader.ts';
import { whyJson } from './why-json.ts';

/**
 * @param at the event after which it is meant; the newest unless told
 * @throws NotFoundError `run_not_found`, `event_not_found`, `step_not_found`; ConflictError `run_archived`
 */
export async function readStepWhy(
  services: Services,
  runId: string,
  step: string,
  at: number | undefined,
): Promise<StepWhy> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const { store } = services;
  if ((await store.first(findStepPosition(runId, step))) === undefined)
    throw await stepNotFound(services, runId, step);
  const seq = at ?? run.last_seq;
  if (seq > run.last_seq) throw await eventNotFound(services, runId, seq);
  const why = await readWhyThen(readerOf(store), runId, step, seq);
  if (!('missing' in why)) return whyJson(runId, seq, why);
  if (why.missing === 'events') throw await eventNotFound(services, runId, seq);
  const message = `Run "${runId}" had no step "${step}" after event ${seq}: the plan that has it came later.`;
  throw new NotFoundError('step_not_found', message);
}
