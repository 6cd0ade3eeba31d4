/**
 * Limits that somebody sets on an agent: of one at work those of its segment, of one that has not begun those that it will
 * begin with. An agent that has stopped at a limit and asks goes on where the limit is none any more.
 */
import type { NewLimits } from '../../../../protocol/new-limits.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { changeStep, note, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { PROCESSED, refused } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { stillWarned, usedMore } from '../../kernel/spent.ts';
import { closeQuestion, questionsOf } from '../../steps/questions.ts';
import { agentOf, changeAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { forgiveAgent, limitReached } from './limits.ts';

export function setLimits(draft: Draft, step: AgentStep, wanted: NewLimits, message: SignalMessage): Receipt {
  const { key, spec } = step;
  const { agent, limits: before } = stepOf(draft, key);
  const told = { type: 'limits_set', step: key, reason: textOf(message), by: message.by ?? null } as const;
  if (agent === undefined) {
    const limits = { ...before, ...wanted };
    changeStep(draft, key, { limits });
    note(draft, { ...told, limits: { ...spec.limits, ...limits } });
    return PROCESSED;
  }
  const { segment } = agent;
  const fault = usedMore(segment, wanted, clockOf(draft, key));
  if (fault !== null) return refused(`step "${key}" ${fault}`);
  const limits = { ...segment.limits, ...wanted };
  changeAgent(draft, key, { segment: { ...segment, limits, warned: stillWarned(segment.warned, wanted) } });
  note(draft, { ...told, limits });
  reviewLimit(draft, step);
  return PROCESSED;
}

/** Until when its clock has gone: not while the run is paused, nor while it waits for people. */
function clockOf(draft: Draft, key: string): number {
  const { paused } = draft.state;
  const asked = questionsOf(draft, key).map(({ askedAt }) => askedAt);
  return Math.min(draft.at.now, ...asked, ...(paused === null ? [] : [paused.requestedAt]));
}

export function reviewLimit(draft: Draft, { key }: AgentStep): void {
  const question = questionsOf(draft, key).find(({ kind }) => kind === 'limit');
  if (question === undefined) return;
  const waited = draft.at.now - question.askedAt;
  forgiveAgent(draft, key, waited);
  if (limitReached(draft, key) !== null) return forgiveAgent(draft, key, -waited);
  closeQuestion(draft, question, 'withdrawn');
  note(draft, { type: 'limit_lifted', step: key, segment: agentOf(draft, key).segment.number });
}
