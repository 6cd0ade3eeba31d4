/** The plan that a run has, looked up by its hash: published, or edited in a run. */
import { ConflictError } from '../../errors/errors.ts';

/** @throws ConflictError `plan_not_found` where there is none */
export function assertPlanStored<T>(
  found: T | undefined,
  { name, version, hash }: { readonly name: string; readonly version: string; readonly hash: string },
): T {
  if (found !== undefined) return found;
  const message = `The plan of ${name}@${version} (${hash}) is not stored here any more. Publish it again as it was.`;
  throw new ConflictError('plan_not_found', message);
}
