/**
 * Sends a message to a run and waits a moment for its receipt.
 *
 * A message is acknowledged once Temporal has taken its signal; from then on it is never lost. What the run makes of
 * it is read from the projected receipt. What comes to a closed run, or under the id of another message, stands in
 * `audit_log` only, as every request does. A message under an id that has its receipt is not sent again.
 *
 * A run that an operator has paused in Temporal reads nothing: a resume takes that back first, and is the run's own
 * affair only where it is paused itself as well.
 */
import { textOf } from '../../protocol/signals.ts';
import type { Run } from '../../contract/run.ts';
import type { Services } from '../services.ts';
import type { MessageRow } from '../views/message.ts';
import type { Command } from './command.ts';
import { findTarget, runNotFound } from '../runs/find-target.ts';
import { idReused, ignored, runClosed } from './refusals.ts';
import { isSameMessage } from './same-message.ts';

export interface Commanded<Beside = never> {
  /** It was sent now; otherwise its receipt was there before. */
  readonly sent: boolean;
  /** Its place in the thread, with the receipt; null: taken, and not yet known. */
  readonly receipt: MessageRow | null;
  readonly run: Run;
  /** What was asked for with the receipt. */
  readonly beside?: Beside;
}

/** Something else that is read once the receipt is there, beside the run. */
type ReadBeside<Beside> = (receipt: MessageRow) => Promise<Beside>;

/**
 * @throws NotFoundError `run_not_found`; ConflictError `run_closed`, `command_refused`, `message_id_reused`;
 *   UnavailableError.
 */
export async function sendCommand<Beside = never>(
  services: Services,
  runId: string,
  command: Command,
  beside?: ReadBeside<Beside>,
): Promise<Commanded<Beside>> {
  // Both are looked up at once; where there is a receipt, nothing else matters.
  const finding = findTarget(services, runId);
  finding.catch(() => undefined);
  const earlier = await services.receipts.look(runId, command.id);
  if (earlier !== undefined) return answer(services, command, earlier, { sent: false, beside });
  const target = await finding;
  if (target === undefined) throw runNotFound(runId);
  if (!target.open) throw runClosed(runId);
  if (!(await deliver(services, target.run, command))) throw runClosed(runId);
  if (command.action === 'cancel') await services.engine.requestCancel(runId, textOf(command));
  const where = { id: runId, executionId: target.run.execution.run_id };
  const receipt = await services.receipts.wait(where, command.id);
  if (receipt === undefined) return { sent: true, receipt: null, run: target.run };
  return answer(services, command, receipt, { sent: true, beside });
}

/** Answers false when the run has closed. */
async function deliver({ engine, outbox }: Services, run: Run, command: Command): Promise<boolean> {
  if (command.action !== 'resume' || run.temporal_pause === null) return outbox.send(run.id, command);
  const { id, by = null } = command;
  const reason = textOf(command);
  // In history the id is that of one message only.
  if (!run.is_paused) return engine.release(run.id, { id, by, reason });
  const released = await engine.release(run.id, { id: `${id}/temporal`, by, reason });
  return released && outbox.send(run.id, command);
}

async function answer<Beside>(
  services: Services,
  command: Command,
  receipt: MessageRow,
  { sent, beside }: { readonly sent: boolean; readonly beside: ReadBeside<Beside> | undefined },
): Promise<Commanded<Beside>> {
  const { run_id: runId, action_status: status, reason_code: code } = receipt;
  if (code === 'id_reused' || !isSameMessage(receipt, command)) {
    throw idReused(runId, command);
  }
  if (status === 'ignored') throw ignored(receipt);
  const [run, read] = await Promise.all([services.runs.read(runId), beside?.(receipt)]);
  if (run === undefined) throw runNotFound(runId);
  return { sent, receipt, run, ...(read !== undefined && { beside: read }) };
}
