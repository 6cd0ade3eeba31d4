/** Steps of kind `wait`: a timer. No worker is held while it runs. */
import { parseDuration } from '../../../plan/duration.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import type { PlanStep, WaitSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import { note, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import type { Evaluated } from '../kernel/evaluation.ts';
import { stepError } from '../kernel/failures.ts';
import type { Kind, StartOutcome } from '../kernel/kind.ts';
import { yieldTask } from '../steps/task-budget.ts';
import { beginAttempt, completeStep, failStep } from '../steps/transitions.ts';
import { ONE_ACTIVITY } from './one-activity.ts';

export const waitKind: Kind<WaitSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.wait,
  timeoutMs: 60_000,
  start: startWait,
  timers: { wait: (draft, key) => completeStep(draft, key, { value: null, bytes: 4, preview: '' }) },
};

function startWait(draft: Draft, step: PlanStep<WaitSpec>): StartOutcome {
  const answer = evaluateTemplate(draft, { node: step.spec.duration, uses: step.uses });
  if (answer.kind === 'later') return yieldTask(draft);
  const attempt = beginAttempt(draft, step, 'waiting');
  const ms = durationIn(answer);
  if (ms === null) {
    failStep(draft, step.key, stepError('expression_error', `wait: ${faultOf(answer)}`, attempt));
    return 'settled';
  }
  note(draft, { type: 'step_waiting', step: step.key, attempt, untilMs: draft.at.now + ms });
  startTimer(draft, 'wait', ms, step.title, step.key);
  return 'started';
}

function durationIn(answer: Evaluated): number | null {
  if (answer.kind !== 'value') return null;
  const { value } = answer;
  return typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null;
}

function faultOf(answer: Exclude<Evaluated, { readonly kind: 'later' }>): string {
  switch (answer.kind) {
    case 'value':
      return `${writeJson(answer.value)} is no duration such as "10s"`;
    case 'failed':
      return answer.message;
    case 'elsewhere':
      return answer.why;
  }
}
