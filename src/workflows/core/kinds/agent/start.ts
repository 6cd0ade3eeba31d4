/** An agent begins with its first turn, or goes on with the one that failed. */
import { jsonBytes } from '../../../../plan/json.ts';
import type { NewLimits } from '../../../../protocol/new-limits.ts';
import { note, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import type { StartOutcome } from '../../kernel/kind.ts';
import { idOf } from '../../kernel/owners.ts';
import { isSettled } from '../../kernel/state.ts';
import { suppliedValues } from '../../kernel/values.ts';
import { refuseOversized } from '../../steps/task-budget.ts';
import { beginAttempt } from '../../steps/transitions.ts';
import { agentOf, newAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { moveAgent } from './loop.ts';

export function startAgent(draft: Draft, step: AgentStep): StartOutcome {
  const { agent } = stepOf(draft, step.key);
  if (agent === undefined) {
    const bytes = jsonBytes(suppliedValues(draft, step.uses) as never) + jsonBytes(step.spec as never);
    const refused = refuseOversized(draft, step, bytes);
    if (refused !== null) return refused;
  }
  const attempt = beginAttempt(draft, step, 'running');
  if (agent === undefined) {
    const { limits, ...begun } = stepOf(draft, step.key);
    const number = (begun.anew?.segment ?? 0) + 1;
    const agent = newAgent(limitedBy(step, limits), number, draft.at.now, draft.state.briefing);
    draft.steps[step.key] = { ...begun, agent };
  }
  note(draft, {
    type: 'step_started',
    step: step.key,
    attempt,
    activityId: firstActivity(draft, step, attempt),
  });
  if (agent === undefined) noteFirstSegment(draft, step);
  moveAgent(draft, step);
  return isSettled(stepOf(draft, step.key).status) ? 'settled' : 'started';
}

/** @param limits that somebody has set before it began */
function limitedBy(step: AgentStep, limits: NewLimits | undefined): AgentStep {
  if (limits === undefined) return step;
  return { ...step, spec: { ...step.spec, limits: { ...step.spec.limits, ...limits } } };
}

function firstActivity(draft: Draft, { key }: AgentStep, attempt: number): string {
  const { turns, phase } = agentOf(draft, key);
  return phase === 'call'
    ? idOf({ type: 'turn', step: key, attempt, turn: turns + 1 })
    : idOf({ type: 'attempt', step: key, attempt });
}

function noteFirstSegment(draft: Draft, step: AgentStep): void {
  const { number: segment, limits } = agentOf(draft, step.key).segment;
  note(draft, { type: 'segment_started', step: step.key, segment, limits, message: null, by: null });
}
