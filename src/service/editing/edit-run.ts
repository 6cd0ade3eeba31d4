/**
 * Edits the plan of an open run, or has steps run anew, or both.
 *
 * The whole new plan is compiled and stored before the run is asked to take it, since whoever loads a large plan later
 * finds it by its hash. The run takes all of it, in one task, or refuses and stays as it is; what is refused stands in its
 * thread, and in the audit log.
 */
import type { EditAnswer, EditRun } from '../../contract/edit.ts';
import type { Run } from '../../contract/run.ts';
import { addRunPlan } from '../../database/run-plans.ts';
import { ConflictError } from '../../errors/errors.ts';
import type { Scope } from '../services.ts';
import { runClosed } from '../messages/refusals.ts';
import { sendCommand } from '../messages/send-command.ts';
import type { Taken } from '../messages/taken.ts';
import { assertDetails, behind, readTarget } from '../runs/find-target.ts';
import { earlierEdit, type EarlierEdit } from './earlier-edit.ts';
import { editCommand } from './edit-command.ts';
import { changesPlan, editedPlan, planAtRevision, presentPlan, type EditedPlan } from './edited-plan.ts';
import { previewEdit } from './preview-edit.ts';
import { readRevisions } from './read-revisions.ts';
import { readStandings } from './standings.ts';

/** Of those in which an earlier edit is looked for. */
const MOST_REVISIONS = 10_000;

/**
 * Under an `id` that has its receipt it answers what it answered then.
 *
 * @throws NotFoundError `run_not_found`, `revision_not_found`; ConflictError `run_closed`, `run_archived`, `plan_not_found`,
 *   `stale_revision`, `command_refused`, `message_id_reused`; InvalidError `edit_invalid`; UnprocessableError
 *   `definition_invalid`; UnavailableError
 */
export async function editRun(scope: Scope, runId: string, body: EditRun): Promise<Taken<EditAnswer>> {
  const { run, open, projected } = await readTarget(scope, runId);
  assertDetails(run);
  if (!projected) throw behind(`The plan of run "${runId}" is not known yet.`);
  const earlier = body.dry_run ? undefined : await earlierEdit(scope, run, body);
  if (earlier !== undefined) return answerAgain(scope, run, body, earlier);
  const present = await presentPlan(scope, run);
  const { rerun = [] } = body;
  const [edited, standings] = await Promise.all([
    editedPlan(scope, run, present, body),
    readStandings(scope, run.id, rerun.length > 0),
  ]);
  const preview = await previewEdit(scope, run, present.plan, edited, standings, rerun);
  if (body.dry_run) return { done: true, answer: { ...preview, applied: false, message_id: null } };
  assertRevision(runId, run.revision, body.expected_revision);
  // Nothing is stored for a run that has ended.
  if (!open) throw runClosed(runId);
  return take(scope, runId, body, edited, preview);
}

/** It was taken, or it is refused as it was. */
async function answerAgain(
  scope: Scope,
  run: Run,
  body: EditRun,
  { revision, edited }: EarlierEdit,
): Promise<Taken<EditAnswer>> {
  const { plan } = await planAtRevision(scope, run, revision);
  const standings = await readStandings(scope, run.id, false);
  const preview = await previewEdit(scope, { ...run, revision }, plan, edited, standings, []);
  const told = body.rerun === undefined ? [] : await readRevisions(scope, run.id, MOST_REVISIONS);
  const again = told.find((one) => one.revision === revision + 1)?.runs_again ?? [];
  return take(scope, run.id, body, edited, { ...preview, runs_again: again, faults: [] });
}

async function take(
  scope: Scope,
  runId: string,
  body: EditRun,
  edited: EditedPlan,
  preview: Omit<EditAnswer, 'applied' | 'message_id'>,
): Promise<Taken<EditAnswer>> {
  const { id = crypto.randomUUID() } = body;
  const { revision } = preview;
  scope.call.record?.note({ run: runId, detail: { message_id: id, plan: edited.plan.hash } });
  if (changesPlan(body)) await scope.store.all(addRunPlan(runId, edited));
  const { receipt } = await sendCommand(scope, runId, editCommand(id, body, edited, revision));
  const done = receipt !== null;
  // A plan is taken only while the run has the revision that it was made of.
  return {
    done,
    answer: { ...preview, revision: done ? revision + 1 : revision, applied: done, message_id: id },
  };
}

function assertRevision(runId: string, revision: number, expected: number | undefined): void {
  if (expected === undefined || expected === revision) return;
  const message = `The plan of run "${runId}" is at revision ${revision}, and the edit was made of revision ${expected}. Look at it again.`;
  throw new ConflictError('stale_revision', message, [], { facts: { revision } });
}
