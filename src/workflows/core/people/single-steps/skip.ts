/** Command `skip`: a step that is not at work ends here and now, as skipped or with the result that somebody gives. */
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { hasOpenActivity } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { kindOf } from '../../kernel/kind.ts';
import { PROCESSED } from '../../kernel/receipt.ts';
import type { Receipt, Refusal } from '../../kernel/receipt.ts';
import { inlineResult } from '../../kernel/results.ts';
import { hasOpenScopes } from '../../kernel/scope.ts';
import { withdrawQuestions } from '../../steps/questions.ts';
import { decideStep } from '../../steps/decided.ts';
import { forgetClocks } from '../clocks.ts';
import { mayMove } from '../pause.ts';
import { faultOfValue, hasEnded, refusedFor, shortReason } from './target.ts';
import type { Target } from './target.ts';

export function skip(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const { key } = target;
  const refusal = hasEnded(target) ?? faultOfWork(draft, target) ?? faultOfValue(target, message.value);
  if (refusal !== null) return refusal;
  const { by, value } = message;
  const text = shortReason(message);
  const reason = `skipped${by === undefined ? '' : ` by ${by}`}${text === null ? '' : `: ${text}`}`;
  forgetClocks(draft, key);
  withdrawQuestions(draft, key);
  decideStep(draft, key, reason, value === undefined ? null : inlineResult(value));
  return PROCESSED;
}

function faultOfWork(draft: Draft, target: Target): Refusal | null {
  if (!isAtWork(draft, target)) return null;
  const why = 'is at work; pause the run with mode "now", then skip it, or cancel the run';
  return refusedFor(target, why, 'step_started');
}

/** An agent that rests in a pause runs, and is not at work. */
function isAtWork(draft: Draft, { key, step, state }: Target): boolean {
  if (hasOpenActivity(draft, key) || hasOpenScopes(draft, key)) return true;
  return (
    state.status === 'running' && (kindOf(draft, step).moves === undefined || mayMove(draft, key) !== 'rest')
  );
}
