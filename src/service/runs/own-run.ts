/**
 * Runs that a bundle has brought here are to be read: no Temporal here has them, so nobody could do what is asked of them.
 */
import { ConflictError } from '../../errors/errors.ts';
import type { Run } from '../../contract/run.ts';
import type { Scope } from '../services.ts';
import { changes, stops, type UseCase } from '../use-case.ts';

/** @throws ConflictError `run_imported` */
export function assertOwn({ id, imported }: Pick<Run, 'id' | 'imported'>): void {
  if (imported === null) return;
  const origin = imported.from;
  const message =
    `Run "${id}" was imported from a bundle and can only be read: its history is in the Temporal of another ` +
    `installation (${origin}). Ask there, or start a run of your own.`;
  throw new ConflictError('run_imported', message, [], { facts: { origin } });
}

/** How a use case names its run. */
type Named = string | { readonly runId: string };

type OfRun<Target extends Named, Rest extends readonly unknown[], Result> = (
  scope: Scope,
  target: Target,
  ...rest: Rest
) => Promise<Result>;

/** A use case that changes a run of this installation: as `changes`. It throws ConflictError `run_imported` for others. */
export function changesRun<Target extends Named, Rest extends readonly unknown[], Result>(
  run: OfRun<Target, Rest, Result>,
): UseCase<[Target, ...Rest], Promise<Result>> {
  return changes(ofOwnRun(run));
}

/** One that makes a run of this installation do less: as `stops`. It throws ConflictError `run_imported` for others. */
export function stopsRun<Target extends Named, Rest extends readonly unknown[], Result>(
  run: OfRun<Target, Rest, Result>,
): UseCase<[Target, ...Rest], Promise<Result>> {
  return stops(ofOwnRun(run));
}

function ofOwnRun<Target extends Named, Rest extends readonly unknown[], Result>(
  run: OfRun<Target, Rest, Result>,
): OfRun<Target, Rest, Result> {
  return async (scope, target, ...rest) => {
    const id = typeof target === 'string' ? target : target.runId;
    assertOwn({ id, imported: await scope.runs.importOf(id) });
    return run(scope, target, ...rest);
  };
}
