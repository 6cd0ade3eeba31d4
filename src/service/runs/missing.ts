/** The errors for parts of a run that are not there: what its archive holds is told apart from what never was. */
import { NotFoundError } from '../../errors/errors.ts';
import type { Services } from '../services.ts';
import { assertDetails, readTarget } from './find-target.ts';
import { noSuchStep } from './step-not-found.ts';

/** @throws NotFoundError `run_not_found`; ConflictError `run_archived` */
export async function stepNotFound(services: Services, runId: string, key: string): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  return noSuchStep(services.store, runId, key);
}

/** @throws NotFoundError `run_not_found`; ConflictError `run_archived` */
export async function eventNotFound(services: Services, runId: string, seq: number): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const message = `Run "${runId}" has no event ${seq}; its newest is ${run.last_seq}.`;
  return new NotFoundError('event_not_found', message);
}
