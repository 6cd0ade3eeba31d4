/**
 * Redirects a run: the message, then Temporal's own cancel request so that the execution closes as CANCELED, then a
 * moment's wait for the run that takes its place.
 *
 * The cancel request follows the receipt and never comes before it, since the run may refuse. Large inputs travel
 * through the blob table, as those of a start do.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '../../plan/json.ts';
import { findStoredPlan } from '../definitions/stored-plan.ts';
import type { Run } from '../../contract/run.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { Services } from '../services.ts';
import { awaitProjection } from '../changes/await-projection.ts';
import { placeInputs } from '../starting/place-inputs.ts';
import { isSameMessage } from './same-message.ts';
import type { Command } from './command.ts';
import { sendCommand, type Commanded } from './send-command.ts';

export interface Redirecting extends Commanded {
  /** null while it is not there, or not known here. */
  readonly newRunId: string | null;
}

/** @throws as `sendCommand` does; TooLargeError `inputs_too_large`; UnprocessableError `inputs_invalid`. */
export async function redirectRun(services: Services, runId: string, command: Command): Promise<Redirecting> {
  const commanded = await sendCommand(services, runId, await withPlacedInputs(services, runId, command));
  const where = { id: runId, executionId: commanded.run.execution.run_id };
  if (commanded.receipt === null) {
    void cancelOnceAgreed(services, where, command);
    return { ...commanded, newRunId: null };
  }
  if (commanded.sent || isLeftHalfDone(commanded.run)) await cancelAfter(services, runId, command);
  const newRunId = await awaitProjection(services, where, async () => {
    const run = await services.runs.read(runId);
    return run === undefined ? undefined : successorOf(run);
  });
  return { ...commanded, newRunId: newRunId ?? null };
}

async function cancelAfter({ engine }: Services, runId: string, command: Command): Promise<void> {
  const task = command.task ?? command.content ?? '';
  await engine.requestCancel(runId, `redirected to: ${task}`);
}

/** How long a receipt is waited for after the answer was given. */
const FOLLOW_MS = 30_000;
const BREATH_MS = 200;

/** The caller has his answer; the request still follows the receipt. Never throws. */
async function cancelOnceAgreed(
  services: Services,
  where: { readonly id: string; readonly executionId: string },
  command: Command,
): Promise<void> {
  const deadline = Date.now() + FOLLOW_MS;
  try {
    while (Date.now() < deadline && !services.closing.aborted) {
      const receipt = await services.receipts.wait(where, command.id);
      if (receipt === undefined) {
        // At once while the tables cannot be read.
        await delay(BREATH_MS, undefined, { ref: false });
        continue;
      }
      const agreed = receipt.action_status === 'processed' && isSameMessage(receipt, command);
      return agreed ? await cancelAfter(services, where.id, command) : undefined;
    }
  } catch (error) {
    services.log.warn({ err: error, run: where.id }, 'a redirected run gets no cancel request');
  }
}

/** Whoever sent the message may have died before Temporal's own request. */
function isLeftHalfDone(run: Run): boolean {
  return !hasEnded(run) && run.cancel_requested_at !== null;
}

function successorOf({ lineage }: Run): string | undefined {
  const { redirected_to: to } = lineage as { readonly redirected_to?: string };
  return to;
}

async function withPlacedInputs(services: Services, runId: string, command: Command): Promise<Command> {
  if (command.inputs === undefined) return command;
  const run = await services.runs.read(runId);
  if (run?.plan_hash == null) return command;
  const found = await findStoredPlan(services, { name: run.workflow, hash: run.plan_hash });
  if (found === undefined) return command;
  return { ...command, inputs: await placeInputs(services.store, found.plan, command.inputs as JsonObject) };
}
