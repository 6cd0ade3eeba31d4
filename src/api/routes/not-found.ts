/** The errors for what a path names and a run does not have. */
import { NotFoundError } from '../../errors/errors.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';

/** The error for a step that is not there. @throws NotFoundError `run_not_found`; ConflictError `run_archived`. */
export async function stepNotFound(services: Services, runId: string, key: string): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  return new NotFoundError('step_not_found', `Run "${runId}" has no step "${key}".`);
}

/** The error for an event that is not there. @throws NotFoundError `run_not_found`; ConflictError `run_archived`. */
export async function eventNotFound(services: Services, runId: string, seq: number): Promise<NotFoundError> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const message = `Run "${runId}" has no event ${seq}; its newest is ${run.last_seq}.`;
  return new NotFoundError('event_not_found', message);
}
