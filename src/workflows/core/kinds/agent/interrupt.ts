/**
 * An agent that is stopped in the middle of what it does, and goes on afterwards.
 *
 * A model call ends with what it has said so far; calls of tools are answered by the workflow: each is told that it was
 * stopped, or not made at all, so that the model can judge what to do again.
 */
import type { AbortReason } from '../../kernel/state.ts';
import type { AbortedTurn } from '../../../../protocol/agent.ts';
import { abortActivity } from '../../steps/abort.ts';
import { changeStep, note, openIdsOf, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { closeQuestion, questionsOf } from '../../steps/questions.ts';
import { NOTHING_RESERVED, agentOf, changeAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { settleCall, stopCall } from './calls.ts';
import { account } from './limits.ts';

const NOT_MADE = 'This call was not made: a person interrupted you.';
const STOPPED: Readonly<Record<AbortReason, string>> = {
  message: 'a person interrupted you',
  pause: 'the run was paused',
};
/** The next answer may become the result: the rest of one would be a broken one. */
const NOTICES: Readonly<Record<AbortReason, string>> = {
  message: 'You were interrupted in your last answer: a person has something to say.',
  pause:
    'You were interrupted in your last answer by a pause. Give the whole answer again, from its beginning.',
};

/** Stops what the agent does, so that its next model call comes as soon as possible. */
export function interruptAgent(draft: Draft, { key }: AgentStep): void {
  for (const id of openIdsOf(draft, key)) abortActivity(draft, id, 'message');
  const { agent } = stepOf(draft, key);
  if (agent?.phase !== 'tools') return;
  for (const question of questionsOf(draft, key)) {
    if (question.kind !== 'limit') closeQuestion(draft, question, 'withdrawn');
  }
  agent.calls.forEach(({ status }, index) => {
    if (status === 'resting') stopCall(draft, key, index, STOPPED.message);
    else if (status !== 'running' && status !== 'answered') settleCall(draft, key, index, NOT_MADE, true);
  });
}

/** A model call has stopped. It counts as a turn; what it had said is the last the model knows of it. */
export function takeAbortedTurn(draft: Draft, { key }: AgentStep, details: unknown, why: AbortReason): void {
  const { session, partial } = abortedOf(details);
  account(draft, key, details);
  const { turns } = agentOf(draft, key);
  changeAgent(draft, key, { reserved: NOTHING_RESERVED, turns: turns + 1 });
  if (session !== null && partial !== null) {
    const notice = { type: 'user', source: 'notice', text: NOTICES[why], by: null } as const;
    changeAgent(draft, key, { session, head: partial.head, append: [notice] });
  }
  changeStep(draft, key, { group: 1, infra: 0 });
  const { attempt } = stepOf(draft, key);
  const { preview = null, head = null } = partial ?? {};
  note(draft, { type: 'agent_interrupted', step: key, attempt, turn: turns + 1, why, preview, head });
}

/** A tool's call has stopped. */
export function takeAbortedCall(draft: Draft, { key }: AgentStep, index: number, why: AbortReason): void {
  stopCall(draft, key, index, STOPPED[why]);
}

function abortedOf(
  details: unknown,
): Pick<AbortedTurn, 'partial'> & { readonly session: AbortedTurn['session'] | null } {
  const { session, partial } = (details ?? {}) as Partial<AbortedTurn>;
  const known = typeof session?.id === 'string' && typeof partial?.head === 'string';
  return known ? { session, partial } : { session: null, partial: null };
}
