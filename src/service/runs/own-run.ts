/**
 * Runs that a bundle has brought here are to be read: no Temporal here has them, so nobody could do what is asked of them.
 */
import { sql } from '../../database/sql.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Scope, Services } from '../services.ts';

/** @throws ConflictError `run_imported` */
export async function assertOwn({ store }: Pick<Services, 'store'>, runId: string): Promise<void> {
  const imported = await store.first<{ origin: string }>(
    sql`select origin from imported_runs where run_id = ${runId}`,
  );
  if (imported === undefined) return;
  const message =
    `Run "${runId}" was imported from a bundle and can only be read: its history is in the Temporal of another ` +
    `installation (${imported.origin}). Ask there, or start a run of your own.`;
  throw new ConflictError('run_imported', message, [], { facts: { origin: imported.origin } });
}

/** How a use case names its run. */
type Named = string | { readonly runId: string };

/** The use case, for runs of this installation only. It throws ConflictError `run_imported` for others. */
export function ofOwnRun<Target extends Named, Rest extends readonly unknown[], Result>(
  run: (scope: Scope, target: Target, ...rest: Rest) => Promise<Result>,
): (scope: Scope, target: Target, ...rest: Rest) => Promise<Result> {
  return async (scope, target, ...rest) => {
    await assertOwn(scope, typeof target === 'string' ? target : target.runId);
    return run(scope, target, ...rest);
  };
}
