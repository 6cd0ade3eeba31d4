/** A turn, or a call of a tool, has ended; an agent that was to stop in the meantime stops then. */
import type { AbortReason } from '../../kernel/state.ts';
import { stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import type { Judged } from '../../kernel/failures.ts';
import type { StepOwner } from '../../kernel/owners.ts';
import { isSettled } from '../../kernel/state.ts';
import { activityStopped, mayRetry } from '../../steps/transitions.ts';
import type { AgentStep } from './agent-state.ts';
import { failCall, takeCall } from './calls.ts';
import { takeAbortedCall, takeAbortedTurn } from './interrupt.ts';
import { failTurn, takeTurn } from './turn.ts';

export function takeAnswered(draft: Draft, step: AgentStep, owner: StepOwner, result: unknown): void {
  if (isSettled(stepOf(draft, step.key).status)) return;
  if (owner.type === 'call') takeCall(draft, step, owner.index, result);
  else takeTurn(draft, step, result);
  stopIfAsked(draft, step);
}

export function takeFailed(
  draft: Draft,
  step: AgentStep,
  owner: StepOwner,
  judged: Judged,
  words: unknown,
): void {
  if (isSettled(stepOf(draft, step.key).status)) return;
  if (owner.type === 'call') failCall(draft, step, owner.index, judged);
  else failTurn(draft, step, judged, words);
  stopIfAsked(draft, step);
}

export function takeInterrupted(
  draft: Draft,
  step: AgentStep,
  owner: StepOwner,
  why: AbortReason,
  words: unknown,
): void {
  if (owner.type === 'call') takeAbortedCall(draft, step, owner.index, why);
  else takeAbortedTurn(draft, step, words, why);
}

function stopIfAsked(draft: Draft, step: AgentStep): void {
  if (!mayRetry(draft, step)) activityStopped(draft, step.key);
}
