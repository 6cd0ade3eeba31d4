/** The plan that a run would have after an edit: the definition that it has, changed, and compiled whole; or as it is. */
import type { EditRun } from '../../contract/edit.ts';
import { InvalidError, NotFoundError } from '../../errors/errors.ts';
import type { Run } from '../../contract/run.ts';
import type { Plan } from '../../plan/plan.ts';
import { assertPlanStored, findStoredPlan, readStoredPlan } from '../definitions/stored-plan.ts';
import { compileOrRefuse, type DefinitionText } from '../definitions/compile-or-refuse.ts';
import type { FullVersionRow } from '../definitions/queries/find-version.ts';
import { behind } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { findRunPlan } from './queries/find-run-plan.ts';
import { listRevisions, type RevisionRow } from './queries/list-revisions.ts';

export interface EditedPlan {
  readonly plan: Plan;
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

/** Steps may run anew with the plan as it is. */
export function changesPlan({ edits = [], definition, revert_to: revision }: EditRun): boolean {
  return edits.length > 0 || definition !== undefined || revision !== undefined;
}

/** Revisions that are looked through. */
const MAX_REVISIONS = 10_000;

/** The definition of the plan that a run has. @throws ConflictError `plan_not_found`; UnavailableError `projection_behind` */
export async function presentPlan(services: Services, run: Run): Promise<FullVersionRow> {
  const { workflow: name, version, plan_hash: hash } = run;
  if (hash === null || version === null) throw behind(`The plan of run "${run.id}" is not known yet.`);
  const plan = { name, version, hash };
  if (run.imported === null)
    return services.plans.find(`workflow ${name}`, hash, () => readStoredPlan(services, plan));
  const read = () => services.store.first<FullVersionRow>(findRunPlan(run.id, hash));
  return services.plans.find(`run ${run.id}`, hash, async () => assertPlanStored(await read(), plan));
}

/**
 * @throws UnprocessableError `definition_invalid` and as compiling does; InvalidError `edit_invalid`; NotFoundError
 *   `revision_not_found`
 */
export async function editedPlan(
  services: Services,
  run: Run,
  present: FullVersionRow,
  body: EditRun,
): Promise<EditedPlan> {
  // The present plan is not compiled anew: agents and compiler may be others by now.
  if (!changesPlan(body)) return { plan: present.plan, source: present.source, format: present.format };
  const { format, ...text } = await textOf(services, run, present, body);
  const file = `the plan of ${run.id}`;
  const { plan, source } = await compileOrRefuse(services, { ...text, format, file });
  return { plan, source, format };
}

async function textOf(
  services: Services,
  run: Run,
  present: FullVersionRow,
  { edits, definition, revert_to: revision }: EditRun,
): Promise<Pick<DefinitionText, 'source' | 'format' | 'edits'>> {
  if (typeof definition === 'string') return { source: definition, format: 'yaml' };
  if (definition !== undefined) return { source: JSON.stringify(definition), format: 'json' };
  if (revision !== undefined) return planAtRevision(services, run, revision);
  if (edits === undefined) throw new InvalidError('edit_invalid', 'There is nothing to edit.');
  // What is written anew is JSON still where it was, and YAML takes either.
  return { source: present.source, edits: { list: edits, path: 'body.edits' }, format: 'yaml' };
}

/** The definition of a plan that a run has had. @throws NotFoundError `revision_not_found` */
export async function planAtRevision(
  services: Services,
  run: Run,
  revision: number,
): Promise<FullVersionRow> {
  const rows = await services.store.all<RevisionRow>(listRevisions(run.id, MAX_REVISIONS));
  const event = rows.find(({ data }) => data['revision'] === revision);
  const hash = event?.data['hash'];
  const found =
    typeof hash === 'string' ? await findStoredPlan(services, { name: run.workflow, hash }) : undefined;
  if (found !== undefined) return found;
  throw new NotFoundError('revision_not_found', `The plan of run "${run.id}" has no revision ${revision}.`);
}
