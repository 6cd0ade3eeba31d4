/** Finds a run by its id, also in the moment between its start and its first row. */
import { ConflictError, NotFoundError, UnavailableError } from '../../errors/errors.ts';
import type { Described } from '../ways/engine.ts';
import type { Run } from '../../contract/run.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { Services } from '../services.ts';
import { pendingRun, type RunRow } from '../views/run.ts';

export interface Target {
  readonly run: Run;
  readonly open: boolean;
  /** It has a row; otherwise only Temporal knows it yet. */
  readonly projected: boolean;
}

/** The run from the tables, else from Temporal; undefined when neither knows it. */
export async function findTarget(services: Services, runId: string): Promise<Target | undefined> {
  const run = await services.runs.read(runId);
  if (run !== undefined) return { run, open: !hasEnded(run), projected: true };
  const found = await services.engine.describe(runId);
  return found === undefined ? undefined : { run: runOf(runId, found), open: found.open, projected: false };
}

/**
 * The run for a reader. Reads come from the tables: while Temporal is away, a run without a row does not exist.
 *
 * @throws NotFoundError `run_not_found`.
 */
export async function readTarget(services: Services, runId: string): Promise<Target> {
  const target = await findTarget(services, runId).catch((error: unknown) => {
    if (error instanceof UnavailableError && error.code === 'temporal_unavailable') return undefined;
    throw error;
  });
  if (target === undefined) throw runNotFound(runId);
  return target;
}

/** Only the rows of runs that are archived are here. @throws ConflictError `run_archived`. */
export function assertDetails({
  id,
  archived_at: since,
  discarded_at: discarded,
}: Pick<RunRow | Run, 'id' | 'archived_at' | 'discarded_at'>): void {
  if (since === null) return;
  const message =
    discarded === null
      ? `Run "${id}" is archived: its details are not here. Import its archive first.`
      : `The details of run "${id}" were discarded, as its definition's retention says. They are nowhere any more.`;
  throw new ConflictError('run_archived', message);
}

/** The error for an id that no run has. */
export function runNotFound(runId: string): NotFoundError {
  return new NotFoundError('run_not_found', `There is no run "${runId}".`);
}

/** @param what the tables do not show yet, as a sentence */
export function behind(what: string): UnavailableError {
  return new UnavailableError('projection_behind', `${what} Try again in a moment.`);
}

/** The memo was written at the start; an operator's start has none. */
function runOf(runId: string, { workflow, executionId, startedAt, memo }: Described): Run {
  const { version, labels } = memo as { readonly version?: string; readonly labels?: Record<string, string> };
  return pendingRun({
    id: runId,
    workflow,
    version: version ?? null,
    planHash: null,
    inputs: {},
    labels: labels ?? {},
    executionId,
    createdAt: startedAt,
  });
}
