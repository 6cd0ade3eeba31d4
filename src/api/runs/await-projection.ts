/** Waits a moment for what the projector makes of something that Temporal has accepted. */
import { hintRun } from '../queries/hint-run.ts';
import type { Services } from '../services.ts';

/**
 * Hints the projector at the run and reads until there is something, or the time for answers is over: then undefined.
 *
 * Never throws: what Temporal has accepted is acknowledged, whether or not the tables can be read now.
 */
export async function awaitProjection<T>(
  services: Services,
  run: { readonly id: string; readonly executionId: string },
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    await services.store.all(hintRun(run.id, run.executionId));
    const found = (value: T | undefined) => value !== undefined;
    return await services.changes.readUntil(run.id, read, found, services.projectionWaitMs);
  } catch (error) {
    services.log.warn({ err: error, run: run.id }, 'accepted by Temporal; the tables cannot be read now');
    return undefined;
  }
}
