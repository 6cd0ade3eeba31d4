/** Which step of a closed run a continuation means: the one named, the one of a session, or none in particular. */
import { ConflictError, InvalidError, NotFoundError } from '../../errors/errors.ts';
import { findSessionStep, type SessionStep } from './queries/find-session-step.ts';
import { listStepStatuses, type StepStatusRow } from '../runs/queries/list-step-statuses.ts';
import { noSuchStep } from '../runs/step-not-found.ts';
import type { Rows } from '../ways/store.ts';
import type { RunRow } from '../views/run.ts';

export interface StepChoice {
  readonly step?: string | undefined;
  readonly session_id?: string | undefined;
}

/** The step that is named, by its key or its session; null when neither is. @throws as {@link chooseContinuedStep}. */
export async function namedStep(rows: Rows, runId: string, choice: StepChoice): Promise<string | null> {
  const { step, session_id: session } = choice;
  if (session === undefined) return step ?? null;
  const found = await sessionStep(rows, session);
  if (found.run_id !== runId) {
    const message = `Session "${session}" belongs to run "${found.run_id}" (step "${found.step}"). Continue that run.`;
    throw new ConflictError('session_of_another_run', message);
  }
  if (step !== undefined && step !== found.step) {
    const message = `Session "${session}" is that of step "${found.step}", not of "${step}". Give one of the two.`;
    throw new InvalidError('invalid_request', message, [
      { path: 'body.step', code: 'contradiction', message },
    ]);
  }
  return found.step;
}

/**
 * The step to go on with; null = every one that failed, was cancelled or reached a limit.
 *
 * @throws NotFoundError `session_not_found`, `step_not_found`; ConflictError `session_of_another_run`,
 *   `nothing_to_continue`; InvalidError when step and session contradict each other.
 */
export async function chooseContinuedStep(
  rows: Rows,
  run: RunRow,
  choice: StepChoice,
): Promise<string | null> {
  const key = await namedStep(rows, run.id, choice);
  const steps = await rows.all<StepStatusRow>(listStepStatuses(run.id));
  if (key === null) {
    if (run.status === 'completed') throw nothing(run.id, 'It has completed', steps);
    if (!steps.some((step) => GOES_ON.has(step.status)))
      throw nothing(run.id, 'No step of it stopped half way', steps);
    return null;
  }
  const step = steps.find((one) => one.key === key && one.status !== 'superseded');
  if (step === undefined) throw await noSuchStep(rows, run.id, key);
  if (step.status === 'skipped')
    throw nothing(run.id, `Step "${key}" was skipped, so it has no work to go on with`, steps);
  return key;
}

/** The step of a session. @throws NotFoundError `session_not_found`. */
export async function sessionStep(rows: Rows, session: string): Promise<SessionStep> {
  const found = await rows.first<SessionStep>(findSessionStep(session));
  if (found !== undefined) return found;
  const message = `No step works in a session "${session}". GET /runs/:id/steps names the sessions of a run.`;
  throw new NotFoundError('session_not_found', message);
}

const GOES_ON: ReadonlySet<string> = new Set(['failed', 'cancelled']);
const MAX_NAMED = 10;

function nothing(runId: string, why: string, steps: readonly StepStatusRow[]): ConflictError {
  const keys = steps
    .filter((step) => step.status !== 'skipped' && step.status !== 'superseded')
    .map((step) => step.key);
  const some = keys.length > MAX_NAMED ? `${keys.slice(0, MAX_NAMED).join(', ')}, …` : keys.join(', ');
  const hint = keys.length === 0 ? 'Start a new run.' : `Name the step to go on with as "step": ${some}.`;
  return new ConflictError('nothing_to_continue', `Run "${runId}" cannot go on by itself. ${why}. ${hint}`);
}
