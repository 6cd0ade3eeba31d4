/** Names the point at which an open run stands: a command, whose receipt is a checkpoint with that label. */
import type { z } from 'zod';
import type { CheckpointTaken, LabelRun } from '../../contract/checkpoint.ts';
import { sendCommand } from '../messages/send-command.ts';
import type { Taken } from '../messages/taken.ts';
import type { Scope } from '../services.ts';
import { checkpointJson, type CheckpointRow } from '../views/checkpoint.ts';
import { findLabelled } from './queries/list-checkpoints.ts';

/** @throws as `sendCommand` does */
export async function labelRun(
  scope: Scope,
  runId: string,
  { label, by, id = crypto.randomUUID() }: z.output<typeof LabelRun>,
): Promise<Taken<CheckpointTaken>> {
  scope.call.record?.note({ run: runId, detail: { message_id: id, label } });
  const said = { id, action: 'checkpoint', content: label, ...(by !== undefined && { by }) } as const;
  const commanded = await sendCommand(scope, runId, said, ({ seq }) =>
    scope.store.first<CheckpointRow>(findLabelled(runId, seq)),
  );
  const { receipt, run, beside: row } = commanded;
  const checkpoint = row === undefined ? null : checkpointJson(row);
  return { done: receipt !== null, answer: { ...run, message_id: id, checkpoint } };
}
