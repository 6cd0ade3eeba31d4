/** An edit as the run gets it. */
import type { EditRun } from '../../contract/edit.ts';
import type { Command } from '../messages/command.ts';
import { changesPlan, type EditedPlan } from './edited-plan.ts';

/** @param madeOf the revision that the edit was made of */
export function editCommand(id: string, body: EditRun, { plan }: EditedPlan, madeOf: number): Command {
  const { by, reason, rerun } = body;
  return {
    id,
    action: 'edit',
    ...(changesPlan(body) && { plan }),
    ...(rerun !== undefined && { rerun }),
    revision: madeOf,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { content: reason }),
  };
}
