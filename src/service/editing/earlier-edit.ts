/**
 * An edit that comes again under its id, after an answer that was lost: it has the answer that it had.
 *
 * What it means depends on the plan that it was made of, and the run has another one by now. So it is read against former
 * revisions, the newest first, until it says what stands in the thread under its id.
 */
import type { EditRun } from '../../contract/edit.ts';
import type { Run } from '../../contract/run.ts';
import { InvalidError, NotFoundError, UnprocessableError } from '../../errors/errors.ts';
import { idReused } from '../messages/refusals.ts';
import { isSameMessage } from '../messages/same-message.ts';
import type { Services } from '../services.ts';
import { editCommand } from './edit-command.ts';
import { editedPlan, planAtRevision, type EditedPlan } from './edited-plan.ts';

/** Revisions that an edit is read against. */
const MOST_TRIED = 20;

export interface EarlierEdit {
  /** That it was made of. */
  readonly revision: number;
  readonly edited: EditedPlan;
}

/**
 * Undefined where nothing stands under its id yet.
 *
 * @throws ConflictError `message_id_reused`: another message has the id, or it is older than the last 20 edits
 */
export async function earlierEdit(
  services: Services,
  run: Run,
  body: EditRun,
): Promise<EarlierEdit | undefined> {
  const { id, expected_revision: expected } = body;
  const receipt = id === undefined ? undefined : await services.receipts.look(run.id, id);
  if (id === undefined || receipt === undefined) return undefined;
  const oldest = Math.max(0, run.revision - MOST_TRIED);
  for (let revision = expected ?? run.revision; revision >= (expected ?? oldest); revision--) {
    const edited = await readAgainst(services, run, revision, body);
    if (edited === undefined) continue;
    if (isSameMessage(receipt, editCommand(id, body, edited, revision))) return { revision, edited };
  }
  throw idReused(run.id, { id });
}

/** Undefined where it makes no sense of that plan. */
async function readAgainst(
  services: Services,
  run: Run,
  revision: number,
  body: EditRun,
): Promise<EditedPlan | undefined> {
  try {
    return await editedPlan(services, run, await planAtRevision(services, run, revision), body);
  } catch (error) {
    const isSenseless =
      error instanceof InvalidError || error instanceof UnprocessableError || error instanceof NotFoundError;
    if (isSenseless) return undefined;
    throw error;
  }
}
