/** The plans that a run has had, and the definition that it has now. */
import type { RunDefinition, RunRevision } from '../../contract/edit.ts';
import type { Services } from '../services.ts';
import { assertDetails, readTarget } from '../runs/find-target.ts';
import { presentPlan } from './edited-plan.ts';
import { listRevisions, type RevisionRow } from './queries/list-revisions.ts';

/** The newest first; of a run that nobody has edited its first plan alone. @throws NotFoundError `run_not_found` */
export async function readRevisions(
  services: Services,
  runId: string,
  limit: number,
): Promise<RunRevision[]> {
  const { run } = await readTarget(services, runId);
  assertDetails(run);
  const rows = await services.store.all<RevisionRow>(listRevisions(runId, limit));
  return rows.map(revisionJson);
}

/** @throws NotFoundError `run_not_found`; ConflictError `plan_not_found`; UnavailableError `projection_behind` */
export async function readRunDefinition(services: Services, runId: string): Promise<RunDefinition> {
  const { run } = await readTarget(services, runId);
  const { source, format, hash } = await presentPlan(services, run);
  return { run_id: runId, revision: run.revision, plan_hash: hash, format, source };
}

function revisionJson({ seq, at, data }: RevisionRow): RunRevision {
  const told = data as Partial<RunRevision> & { readonly hash?: string };
  return {
    revision: told.revision ?? 0,
    plan_hash: told.hash ?? '',
    version: told.version ?? '',
    by: told.by ?? null,
    reason: told.reason ?? null,
    proposed_by: told.proposed_by ?? null,
    at: new Date(at).toISOString(),
    seq: Number(seq),
    added: told.added ?? [],
    removed: told.removed ?? [],
    changed: told.changed ?? [],
    rewired: told.rewired ?? [],
    members: told.members ?? [],
    rerun: told.rerun ?? [],
    runs_again: told.runs_again ?? [],
  };
}
