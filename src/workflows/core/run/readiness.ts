/** May a pending step start? Decided from the states of its dependencies and its condition. */
import type { PlanStep } from '../../../plan/plan.ts';
import type { FailureCode } from '../../../protocol/failure.ts';
import { stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateCondition } from '../kernel/evaluation.ts';
import { ancestorsOf } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { isGood, isSettled } from '../kernel/state.ts';
import { lastTryOf } from '../steps/anew.ts';
import { reasonToStop, runsInSpite } from '../steps/transitions.ts';

export type Readiness =
  | { readonly kind: 'blocked' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'fail'; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'later' };

const BLOCKED: Readiness = { kind: 'blocked' };
const READY: Readiness = { kind: 'ready' };

export function readinessOf(draft: Draft, step: PlanStep): Readiness {
  const reason = reasonToStop(draft, step);
  if (reason !== null) return { kind: 'skip', reason };
  // Nothing of it is decided meanwhile, not even that it is skipped: what it depends on may become another.
  if (stepOf(draft, step.key).held !== undefined) return BLOCKED;
  if (!step.dependencies.every((key) => isSettled(stepOf(draft, key).status))) return BLOCKED;
  // A further try was decided by retry, not by the condition.
  if (lastTryOf(stepOf(draft, step.key)) > 0) return READY;
  const bad = step.dependencies.find((key) => !isGood(stepOf(draft, key)));
  if (!runsInSpite(step) && bad !== undefined) {
    return { kind: 'skip', reason: `dependency "${bad}" ${stepOf(draft, bad).status}` };
  }
  return step.when === null ? READY : askCondition(draft, step, bad === undefined);
}

function askCondition(draft: Draft, step: PlanStep, succeeded: boolean): Readiness {
  if (step.when === null) return READY;
  const failed = ancestorsOf(draft, step.key).some((key) => {
    const state = stepOf(draft, key);
    return state.status === 'failed' && !isGood(state);
  });
  const answer = evaluateCondition(draft, step.key, step.when, { succeeded, failed });
  if (answer.kind === 'failed')
    return { kind: 'fail', code: answer.code, message: `when: ${answer.message}` };
  if (answer.kind === 'later') return { kind: 'later' };
  if (answer.kind === 'value' && answer.value === true) return READY;
  return { kind: 'skip', reason: `condition is false: ${step.when.source}` };
}

/** The lowest level of a scope that is not settled yet; with `scheduling: level` nothing above it starts. */
export function openLevel(draft: Draft, { part }: Scope): number {
  if (part.scheduling !== 'level') return Number.POSITIVE_INFINITY;
  const open = part.steps.find((step) => !isSettled(stepOf(draft, step.key).status));
  return open?.level ?? Number.POSITIVE_INFINITY;
}
