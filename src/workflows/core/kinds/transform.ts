/** Steps of kind `transform`: an expression, evaluated by the workflow or, when its values are large or many, by an activity. */
import type { PlanStep, TransformSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import { note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import { stepError } from '../kernel/failures.ts';
import type { Kind, StartOutcome } from '../kernel/kind.ts';
import { inlineResult } from '../kernel/results.ts';
import { yieldTask } from '../steps/task-budget.ts';
import { beginAttempt, failStep } from '../steps/transitions.ts';
import { ONE_ACTIVITY, startActivity } from './one-activity.ts';
import { completeOrPropose } from './proposals/step-proposal.ts';

export const transformKind: Kind<TransformSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.transform,
  timeoutMs: 60_000,
  start: startTransform,
};

function startTransform(draft: Draft, step: PlanStep<TransformSpec>): StartOutcome {
  const answer = evaluateTemplate(draft, { node: step.spec.value, uses: step.uses });
  if (answer.kind === 'later') return yieldTask(draft);
  if (answer.kind === 'elsewhere') return startActivity(draft, step);
  const attempt = beginAttempt(draft, step, 'running');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  if (answer.kind === 'value') {
    return completeOrPropose(draft, step, inlineResult(answer.value)) ? 'settled' : 'started';
  }
  failStep(draft, step.key, stepError(answer.code, answer.message, attempt));
  return 'settled';
}
