/** Goes on with the run that a session belongs to. */
import type { z } from 'zod';
import type { ContinueSession } from '../../contract/continue.ts';
import { ConflictError } from '../../errors/errors.ts';
import { assertOwn } from '../runs/own-run.ts';
import type { Scope } from '../services.ts';
import { sessionStep } from './choose-continued-step.ts';
import type { Continued } from './continue-request.ts';
import { continueRun } from './continue-run.ts';

interface SessionRequest {
  /** Whose run the session is expected to belong to. */
  readonly workflow: string;
  readonly body: z.output<typeof ContinueSession>;
  /** The key under which the same continuation counts once, if there is one. */
  readonly key: string | undefined;
}

/** @throws ConflictError `session_of_another_workflow`, `run_imported`; as {@link continueRun} does */
export async function continueSession(
  scope: Scope,
  { workflow: name, body, key }: SessionRequest,
): Promise<Continued> {
  const { run_id: runId, workflow } = await sessionStep(scope.store, body.session_id);
  scope.call.record?.note({ run: runId });
  if (workflow !== name) {
    const message = `Session "${body.session_id}" belongs to workflow "${workflow}" (run "${runId}"), not to "${name}".`;
    throw new ConflictError('session_of_another_workflow', message);
  }
  assertOwn({ id: runId, imported: await scope.runs.importOf(runId) });
  return continueRun(scope, { runId, body, key });
}
