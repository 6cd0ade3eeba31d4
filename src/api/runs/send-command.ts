/**
 * Sends a command to a run and waits a moment for what becomes of it.
 *
 * A command is acknowledged once Temporal has taken its signal; from then on it is never lost. What the run makes of
 * it is read from the projected receipt. Only what comes to a closed run is recorded here, in `audit_log`.
 */
import { ConflictError } from '../../errors/errors.ts';
import type { CommandName, SignalMessage } from '../../protocol/signals.ts';
import { addAuditEntry } from '../queries/add-audit-entry.ts';
import { findReceipt, type Receipt } from '../queries/find-receipt.ts';
import { findRun } from '../queries/find-run.ts';
import type { Run } from '../schemas/run.ts';
import type { Services } from '../services.ts';
import { runJson, type RunRow } from '../views/run.ts';
import { awaitProjection } from './await-projection.ts';
import { findTarget, runNotFound } from './find-target.ts';

/** A command with the id under which it counts once. */
export type Command = SignalMessage & { readonly id: string; readonly action: CommandName };

export interface Commanded {
  /** Processed; otherwise taken and not yet known. */
  readonly processed: boolean;
  readonly run: Run;
}

/** @throws NotFoundError `run_not_found`; ConflictError `run_closed`, `command_refused`; UnavailableError. */
export async function sendCommand(services: Services, runId: string, command: Command): Promise<Commanded> {
  const earlier = await receiptOf(services, runId, command.id);
  if (earlier !== undefined) return answer(services, runId, earlier);
  const target = await findTarget(services, runId);
  if (target === undefined) throw runNotFound(runId);
  if (!target.open) throw await refuseClosed(services, runId, command);
  const accepted = await services.outbox.send(runId, command);
  if (!accepted) throw await refuseClosed(services, runId, command);
  if (command.action === 'cancel') await services.engine.requestCancel(runId, command.reason ?? null);
  const where = { id: runId, executionId: target.run.execution.run_id };
  const receipt = await awaitProjection(services, where, () => receiptOf(services, runId, command.id));
  if (receipt === undefined) return { processed: false, run: target.run };
  return answer(services, runId, receipt, target.run);
}

async function receiptOf(services: Services, runId: string, messageId: string): Promise<Receipt | undefined> {
  return services.store.first<Receipt>(findReceipt(runId, messageId));
}

async function answer(
  services: Services,
  runId: string,
  receipt: Receipt,
  fallback?: Run,
): Promise<Commanded> {
  if (receipt.action_status === 'ignored') {
    const reason = receipt.reason ?? 'no reason given';
    throw new ConflictError('command_refused', `Run "${runId}" refused the command: ${reason}.`);
  }
  const row = await services.store.first<RunRow>(findRun(runId));
  if (row === undefined && fallback === undefined) throw runNotFound(runId);
  return { processed: true, run: row === undefined ? (fallback as Run) : runJson(row) };
}

async function refuseClosed(services: Services, runId: string, command: Command): Promise<ConflictError> {
  const { id, action, by, ...detail } = command;
  const entry = {
    actor: by ?? null,
    action,
    runId,
    outcome: 'run_closed',
    detail: { message_id: id, ...detail },
  };
  await services.store.all(addAuditEntry(entry));
  return new ConflictError('run_closed', `Run "${runId}" has ended; it takes no commands any more.`);
}
