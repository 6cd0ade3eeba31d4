/** The definition of a plan that a run has, by the plan's hash: published, or made in an edit of a run of this installation. */
import { ConflictError } from '../../errors/errors.ts';
import type { Services } from '../services.ts';
import { findVersion, type FullVersionRow } from './queries/find-version.ts';

interface StoredPlan {
  readonly name: string;
  readonly hash: string;
}

/** Undefined where it is not stored any more. */
export function findStoredPlan(
  { store }: Pick<Services, 'store'>,
  { name, hash }: StoredPlan,
): Promise<FullVersionRow | undefined> {
  return store.first<FullVersionRow>(findVersion(name, hash));
}

/** @throws ConflictError `plan_not_found` where it is not stored any more */
export async function readStoredPlan(
  services: Pick<Services, 'store'>,
  plan: StoredPlan & { readonly version: string },
): Promise<FullVersionRow> {
  return assertPlanStored(await findStoredPlan(services, plan), plan);
}

/** What was found of a plan. @throws ConflictError `plan_not_found` where that is nothing */
export function assertPlanStored<T>(
  found: T | undefined,
  { name, version, hash }: StoredPlan & { readonly version: string },
): T {
  if (found !== undefined) return found;
  const message = `The plan of ${name}@${version} (${hash}) is not stored here any more. Publish it again as it was.`;
  throw new ConflictError('plan_not_found', message);
}
