/** Answers to what an agent asks people: its own questions, whether a call may be made, and more room at a limit. */
import { errorOfLimit, grantedLimits } from '../../../../protocol/limits.ts';
import type { LimitAnswer } from '../../../../protocol/question.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import type { Draft } from '../../kernel/draft.ts';
import { stepError } from '../../kernel/failures.ts';
import { specAt } from '../../kernel/scope.ts';
import type { QuestionState } from '../../kernel/state.ts';
import { closeQuestion, indexOfCall } from '../../steps/questions.ts';
import { failStep } from '../../steps/transitions.ts';
import { takeProposalAnswer } from '../proposals/step-proposal.ts';
import { changeCall } from './agent-state.ts';
import { settleCall } from './calls.ts';
import { forgiveAgent, limitReached } from './limits.ts';
import { startSegment } from './segment.ts';

/** One answer is enough; the time that people took counts for no limit. */
export function takeAnswer(draft: Draft, question: QuestionState, message: SignalMessage): void {
  closeQuestion(draft, question, 'answered');
  if (draft.steps[question.step]?.proposal !== undefined)
    return takeProposalAnswer(draft, question.step, message);
  forgiveAgent(draft, question.step, draft.at.now - question.askedAt);
  if (question.kind === 'limit') raiseLimit(draft, question, message);
  else takeAnswerOnCall(draft, question, message);
}

export function takeExpiry(draft: Draft, question: QuestionState): void {
  closeQuestion(draft, question, 'expired');
}

function takeAnswerOnCall(
  draft: Draft,
  { id, kind, step, edit }: QuestionState,
  message: SignalMessage,
): void {
  const index = indexOfCall(id);
  const { answer = null, decision, by } = message;
  const reason = textOf(message);
  const approved = edit === undefined ? {} : ({ approved: true } as const);
  if (kind === 'ask_user') return settleCall(draft, step, index, answer, false);
  switch (decision) {
    case 'edit':
      return changeCall(draft, step, index, { status: 'ready', edited: { value: answer }, ...approved });
    case 'approve':
      return changeCall(draft, step, index, { status: 'ready', ...approved });
    default: {
      const why = reason === null ? '' : ` Reason: ${reason}`;
      return settleCall(draft, step, index, `${by ?? 'A person'} rejected this call.${why}`, true);
    }
  }
}

/** `on_limit: ask` was answered: a new segment, or the end that was put off. */
function raiseLimit(
  draft: Draft,
  { step: key, attempt, preview }: QuestionState,
  message: SignalMessage,
): void {
  const given = (message.answer ?? {}) as LimitAnswer & { readonly stop?: boolean };
  if (specAt(draft, key)?.spec.kind !== 'agent') return;
  if (given.stop === true) {
    const reached = limitReached(draft, key);
    const code = reached === null ? 'error_max_turns' : errorOfLimit(reached.limit);
    return failStep(draft, key, stepError(code, preview, attempt));
  }
  startSegment(draft, key, {
    limits: grantedLimits(given),
    message: given.message ?? null,
    by: message.by ?? null,
  });
}
