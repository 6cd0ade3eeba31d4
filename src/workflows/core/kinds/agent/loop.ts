/**
 * Moves an agent from turn to turn. Called once a task, after all facts: an agent that has nothing under way makes its
 * next model call or tool calls, waits for people, or stops at a limit.
 */
import { errorOfLimit } from '../../../../protocol/limits.ts';
import { dollarsOf } from '../../../../protocol/money.ts';
import { changeStep, hasOpenActivity, note, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { stepError } from '../../kernel/failures.ts';
import { mayMove } from '../../people/pause.ts';
import { ask, questionsOf, stepQuestionId } from '../../steps/questions.ts';
import { failStep } from '../../steps/transitions.ts';
import { workspaceFor } from '../../steps/workspace.ts';
import { agentOf } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { workOffCalls } from './calls.ts';
import { limitReached } from './limits.ts';
import type { Reached } from './limits.ts';
import { callModel } from './turn.ts';

export function moveAgent(draft: Draft, step: AgentStep): void {
  const { key } = step;
  const may = mayMove(draft, key);
  if (may === 'rest') return;
  const place = workspaceFor(draft, step);
  if (place === 'wait') return;
  if (place !== 'ready') {
    if (!hasOpenActivity(draft, key)) failStep(draft, key, { ...place, attempt: stepOf(draft, key).attempt });
    return;
  }
  if (agentOf(draft, key).phase === 'tools') workOffCalls(draft, step);
  const isReady = agentOf(draft, key).phase === 'call' && !hasOpenActivity(draft, key);
  if (isReady && may === 'go_on') nextCall(draft, step);
  showWaiting(draft, key);
}

function nextCall(draft: Draft, step: AgentStep): void {
  if (questionsOf(draft, step.key).length > 0) return;
  const reached = limitReached(draft, step.key);
  if (reached === null) callModel(draft, step);
  else stopAtLimit(draft, step, reached);
}

/** The step becomes idle, or asks for more; what it has done stays, so that it can be continued. */
function stopAtLimit(draft: Draft, step: AgentStep, reached: Reached): void {
  const { key } = step;
  const { scope, limit, used, of } = reached;
  const { attempt } = stepOf(draft, key);
  note(draft, { type: 'limit_reached', step: scope === 'step' ? key : null, limit, used, of });
  const text = describeLimit(reached);
  const { onLimit } = scope === 'step' ? agentOf(draft, key).segment.limits : draft.state.spent.limits;
  if (onLimit === 'fail') return failStep(draft, key, stepError(errorOfLimit(limit), text, attempt));
  const { turns, segment } = agentOf(draft, key);
  ask(draft, {
    id: stepQuestionId(draft, key, `limit-${segment.number}-${turns}`),
    kind: 'limit',
    step: key,
    attempt,
    turn: turns,
    prompt: { value: text },
    preview: text,
    form: LIMIT_FORM,
    call: null,
    approvers: [],
    needed: 1,
    notStarter: false,
    timeoutMs: null,
  });
}

const WHOLE = { type: 'integer', minimum: 1 } as const;

/** What {@link LimitAnswer} says, as a form. */
const LIMIT_FORM = {
  type: 'object',
  properties: {
    additional_turns: WHOLE,
    additional_budget: {
      type: 'object',
      properties: {
        tokens: WHOLE,
        cost_usd: { type: 'number', exclusiveMinimum: 0 },
        duration: { type: ['integer', 'string'] },
      },
      additionalProperties: false,
    },
    message: { type: 'string' },
    stop: { type: 'boolean' },
  },
  additionalProperties: false,
} as const;

function describeLimit({ scope, limit, used, of, unknownPrice }: Reached): string {
  const whose = scope === 'run' ? 'the run' : 'the agent';
  if (unknownPrice) {
    return `${whose} has a limit on money, but the price of a model it called is not known: set max_tokens instead, or a model with a known price`;
  }
  switch (limit) {
    case 'max_turns':
      return `${whose} used ${used} of ${of} turns`;
    case 'max_tokens':
      return `${whose} used ${used} of ${of} tokens`;
    case 'max_cost_usd':
      return `${whose} used ${dollars(used)} of ${dollars(of)}`;
    case 'max_duration':
      return `${whose} worked for ${Math.round(used / 1000)} of ${Math.round(of / 1000)} seconds`;
  }
}

function dollars(micros: number): string {
  return `$${dollarsOf(micros).toFixed(micros < 10_000 ? 6 : 4)}`;
}

/** `waiting` while people are waited for and nothing is under way. */
function showWaiting(draft: Draft, key: string): void {
  const { status, attempt } = stepOf(draft, key);
  if (status !== 'running' && status !== 'waiting') return;
  const waits = questionsOf(draft, key).length > 0 && !hasOpenActivity(draft, key);
  if (waits === (status === 'waiting')) return;
  changeStep(draft, key, { status: waits ? 'waiting' : 'running' });
  note(draft, { type: waits ? 'step_asking' : 'step_going_on', step: key, attempt });
}
