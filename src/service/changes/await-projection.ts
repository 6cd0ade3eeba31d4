/** Waits a moment for what the projector makes of something that Temporal has accepted. */
import { hintRun } from './queries/hint-run.ts';
import type { Scope, Services } from '../services.ts';

/** The time that is left for the tables until the call wants its answer, in ms. */
export function patienceOf({ projectionWaitMs, call }: Scope): number {
  return Math.min(projectionWaitMs, Math.max(0, call.answerBy - performance.now()));
}

/**
 * Hints the projector at the run and reads until there is something, or `ms` have passed: then undefined.
 *
 * Never throws: what Temporal has accepted is acknowledged, whether or not the tables can be read now.
 */
export async function awaitProjection<T>(
  services: Services,
  run: { readonly id: string; readonly executionId: string },
  read: () => Promise<T | undefined>,
  ms = services.projectionWaitMs,
): Promise<T | undefined> {
  try {
    await services.store.all(hintRun(run.id, run.executionId));
    const found = (value: T | undefined) => value !== undefined;
    return await services.changes.readUntil(run.id, read, found, ms);
  } catch (error) {
    services.log.warn({ err: error, run: run.id }, 'accepted by Temporal; the tables cannot be read now');
    return undefined;
  }
}
