/** Steps that are one activity an attempt: its answer is the step's result. */
import { jsonBytes } from '../../../plan/json.ts';
import type { AnySpec, PlanStep } from '../../../plan/plan.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { changeStep, note, schedule, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { judge } from '../kernel/failures.ts';
import { kindOf } from '../kernel/kind.ts';
import type { Kind, StartOutcome } from '../kernel/kind.ts';
import { resultOf } from '../kernel/results.ts';
import { CLOSE_MARGIN_MS } from '../kernel/timeouts.ts';
import { suppliedValues } from '../kernel/values.ts';
import { since } from '../kernel/versions.ts';
import { effectsOf } from '../steps/anew.ts';
import { refuseOversized } from '../steps/task-budget.ts';
import { beginAttempt, failAttempt, interruptStep, reopenedTry } from '../steps/transitions.ts';
import { placeOf } from '../steps/workspace.ts';
import { completeOrPropose, failProposal, resumeProposal, takeProposal } from './proposals/step-proposal.ts';

/** What such kinds have in common; what differs is for them to say. */
export const ONE_ACTIVITY = {
  own: null,
  start: (draft, step) => startActivity(draft, step),
  answered: (draft, step, owner, answer) => {
    if (owner.type === 'call') return takeProposal(draft, step as PlanStep, answer);
    takeResult(draft, step, answer, (result) => void completeOrPropose(draft, step as PlanStep, result));
  },
  failed: (draft, step, owner, judged) => {
    if (owner.type === 'call') failProposal(draft, step as PlanStep, judged);
    else failAttempt(draft, step.key, judged);
  },
  interrupted: (draft, { key }, owner) => {
    if (owner.type === 'call') resumeProposal(draft, key);
    else interruptStep(draft, key);
  },
  reopened: (_draft, state) => reopenedTry(state),
} as const satisfies Omit<Kind, 'form' | 'timeoutMs'>;

/** @param spec what is done when it is not the step's own; its kind is the activity's name */
export function startActivity(
  draft: Draft,
  step: PlanStep<AnySpec>,
  spec: AnySpec = step.spec,
): StartOutcome {
  const values = suppliedValues(draft, step.uses);
  const timeoutMs = step.timeoutMs ?? kindOf(draft, step).timeoutMs;
  const refused = refuseOversized(draft, step, jsonBytes(values as never) + jsonBytes(spec as never));
  if (refused !== null) return refused;
  const { queue, path, kept, bound } = placeOf(draft, step);
  const attempt = beginAttempt(draft, step, 'running');
  const { group, epoch = draft.state.run.epoch } = stepOf(draft, step.key);
  if (since(draft.state, 'known_tries')) changeStep(draft, step.key, { epoch });
  const { id: runId, workflow } = draft.state.run;
  const input: StepActivityInput<AnySpec> = {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: { key: step.key, title: step.title, attempt, group },
    idempotencyKey: `${effectsOf(draft, step.key, epoch)}/${group}`,
    spec,
    values,
    keep: step.keep,
    workspace: path,
    ...kept,
    timeoutMs,
  };
  const activityId = schedule(
    draft,
    { type: 'attempt', step: step.key, attempt },
    {
      activity: spec.kind,
      queue,
      summary: step.title,
      input,
      startToCloseMs: timeoutMs + CLOSE_MARGIN_MS,
      ...bound,
    },
  );
  note(draft, { type: 'step_started', step: step.key, attempt, activityId });
  return 'started';
}

/** Takes the result out of an answer; an answer without one fails the attempt. */
export function takeResult(
  draft: Draft,
  { key }: PlanStep<AnySpec>,
  answer: unknown,
  take: (result: StepResult) => void,
): void {
  const result = resultOf(answer);
  if (result !== null) return take(result);
  const message = 'the activity did not answer with a result';
  failAttempt(draft, key, judge({ kind: 'other', message }, stepOf(draft, key).attempt));
}
