/** Steps of kind `command`: a program, run by an activity. */
import type { CommandSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import type { Kind } from '../kernel/kind.ts';
import { ONE_ACTIVITY } from './one-activity.ts';

export const commandKind: Kind<CommandSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.command,
  timeoutMs: 30 * 60_000,
  acts: () => true,
};
