/** Steps of kind `node`: work for a program of the user's own, which an activity hands over and waits for. */
import * as v from 'valibot';
import { text, texts } from '../../../plan/forms.ts';
import type { NodeSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import { note, stepOf } from '../kernel/draft.ts';
import type { Kind } from '../kernel/kind.ts';
import { ONE_ACTIVITY } from './one-activity.ts';

const doneForm = v.object({ doneBy: v.object({ node: text, comments: texts }) });

export const nodeKind: Kind<NodeSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.node,
  // Of the wait for a node too.
  timeoutMs: 60 * 60_000,
  acts: () => true,
  hears: true,
  answered: (draft, step, owner, answer) => {
    const done = v.safeParse(doneForm, answer);
    if (owner.type === 'attempt' && done.success)
      note(draft, {
        type: 'step_done_by',
        step: step.key,
        attempt: stepOf(draft, step.key).attempt,
        ...done.output.doneBy,
      });
    ONE_ACTIVITY.answered(draft, step, owner, answer);
  },
};
