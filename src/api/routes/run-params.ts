/** Path parameters that several routes of runs share. */
import { z } from 'zod';
import { NotFoundError } from '../../errors/errors.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { noSuchStep } from '../runs/step-not-found.ts';
import { RunId, StepKey } from '../../contract/common.ts';
import type { Services } from '../services.ts';

export const runIdParams = z.object({ id: RunId });

export const stepParams = z.object({
  id: RunId,
  key: StepKey,
});

export const eventParams = z.object({
  id: RunId,
  seq: z.coerce.number().int().min(1).meta({ description: 'Position in the run’s record, from 1.' }),
});

/** The error for a step that is not there. @throws NotFoundError `run_not_found`; ConflictError `run_archived`. */
export async function stepNotFound(services: Services, runId: string, key: string): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  return noSuchStep(services.store, runId, key);
}

/** The error for an event that is not there. @throws NotFoundError `run_not_found`; ConflictError `run_archived`. */
export async function eventNotFound(services: Services, runId: string, seq: number): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const message = `Run "${runId}" has no event ${seq}; its newest is ${run.last_seq}.`;
  return new NotFoundError('event_not_found', message);
}
