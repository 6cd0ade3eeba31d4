/** The state of a run at a point of its record. */
import type { RunStateAt } from '../../contract/past/state.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { eventNotFound } from '../runs/missing.ts';
import type { Services } from '../services.ts';
import { readState } from './read-state.ts';

/**
 * @param at the event after which it is meant; the newest unless told
 * @throws NotFoundError `run_not_found`, `event_not_found`; ConflictError `run_archived`
 */
export async function readRunState(
  services: Services,
  runId: string,
  at: number | undefined,
): Promise<RunStateAt> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const seq = at ?? run.last_seq;
  if (seq > run.last_seq) throw await eventNotFound(services, runId, seq);
  const state = await readState(services.store, runId, seq);
  if (state === undefined) throw await eventNotFound(services, runId, seq);
  return state;
}
