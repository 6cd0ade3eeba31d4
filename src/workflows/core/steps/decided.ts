/** Ends of steps that are a person's word: a step that is not at work ends, or one that has ended has another result. */
import type { Address } from '../../../plan/address.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { isLimit } from '../kernel/failures.ts';
import { scopeAround } from '../kernel/scope.ts';
import { letGo } from './stop.ts';
import { bareError, endTry, keepFailure } from './transitions.ts';

/**
 * A person has decided how the step ends, which is not at work. One that is skipped keeps a try whose end nobody knows.
 *
 * @param result null: it is skipped
 */
export function decideStep(draft: Draft, key: Address, reason: string, result: StepResult | null): void {
  if (result !== null) endTry(draft, key);
  letGo(draft, key);
  const { error: _, reason: __, ...rest } = stepOf(draft, key);
  const status = result === null ? 'skipped' : 'completed';
  const end = result === null ? { reason } : { result };
  draft.steps[key] = { ...rest, status, completedAt: draft.at.now, ...end, decided: true };
  note(draft, { type: 'step_decided', step: key, reason, result });
}

/** The ended step has another result, from a person: it counts as completed. */
export function overrideStep(draft: Draft, key: Address, result: StepResult, by: string | null): void {
  endTry(draft, key);
  const { error: _, reason: __, tolerated: ___, ...rest } = stepOf(draft, key);
  draft.steps[key] = { ...rest, status: 'completed', completedAt: draft.at.now, result, decided: true };
  note(draft, { type: 'step_overridden', step: key, result, by });
  liftFailure(draft, key);
}

/** Its scope has not failed by it any more; another failure that nobody tolerated may take its place. */
export function liftFailure(draft: Draft, key: Address): void {
  const scope = scopeAround(draft, key);
  if (scope.failure?.step !== key) return;
  const failures = scope.part.steps.flatMap(({ key: step }) => {
    const { status, error, tolerated } = stepOf(draft, step);
    return status === 'failed' && tolerated !== true && error !== undefined ? [{ step, error }] : [];
  });
  const gravest = failures.find(({ error }) => !isLimit(error)) ?? failures[0] ?? null;
  const failure = gravest === null ? null : { ...gravest, error: bareError(gravest.error) };
  keepFailure(draft, { ...scope, failure });
}
