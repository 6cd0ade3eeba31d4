/** An edit as the run gets it. */
import type { EditRun } from '../../contract/edit.ts';
import type { Command } from '../messages/command.ts';
import type { EditedPlan } from './edited-plan.ts';

/** @param madeOf the revision that the edit was made of */
export function editCommand(
  id: string,
  { by, reason }: EditRun,
  { plan }: EditedPlan,
  madeOf: number,
): Command {
  return {
    id,
    action: 'edit',
    plan,
    revision: madeOf,
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { content: reason }),
  };
}
