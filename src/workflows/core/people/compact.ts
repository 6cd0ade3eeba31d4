/** Command `compact`: a person has an agent's older turns summarised before its next model call. */
import type { SignalMessage } from '../../../protocol/signals.ts';
import { changeAgent, isAgentStep } from '../kinds/agent/agent-state.ts';
import { stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { specAt } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import { PROCESSED, refused } from './receipts.ts';
import type { Outcome } from './receipts.ts';

export function takeCompact(draft: Draft, { target: key }: SignalMessage): Outcome {
  if (key === undefined) return refused('"target" must name a step', 'malformed');
  const step = specAt(draft, key);
  if (step === undefined) return refused(`there is no step "${key}"`, 'unknown_target');
  if (!isAgentStep(step)) return refused(`step "${key}" has no agent`, 'unknown_target');
  const { status, agent } = stepOf(draft, key);
  if (isSettled(status)) return refused(`step "${key}" has ended: it is ${status}`, 'target_gone');
  if (agent?.head == null)
    return refused(`the agent of step "${key}" has not answered yet: there is nothing to summarise`);
  if (agent.compact !== undefined || agent.compacting !== undefined)
    return refused(`the conversation of step "${key}" is about to be summarised already`);
  changeAgent(draft, key, { compact: 'asked' });
  return PROCESSED;
}
