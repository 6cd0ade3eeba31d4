/**
 * An agent of a closed run goes on in its session. A call of a tool that was under way is not made again: its model is
 * told; what was asked of people, or had not begun, is decided anew.
 */
import type { Continuation } from '../../../../protocol/envelope.ts';
import { stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { newStep } from '../../kernel/state.ts';
import type { CallState, StepState } from '../../kernel/state.ts';
import { since } from '../../kernel/versions.ts';
import { NOTHING_RESERVED } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';
import { mayHaveActed, stopCall } from './calls.ts';
import { startSegment } from './segment.ts';

/** Without a session there is nothing to go on with. */
export function reopened(draft: Draft, { agent, attempt, startedAt, anew }: StepState): StepState {
  if (agent?.head == null) return newStep();
  const calls = agent.calls.map((call) => reopenedCall(draft, call));
  const known = { attempt, startedAt, ...(anew === undefined ? {} : { anew }) };
  return { ...newStep(), ...known, agent: { ...agent, calls, reserved: NOTHING_RESERVED } };
}

function reopenedCall(draft: Draft, call: CallState): CallState {
  if (call.status === 'answered') return call;
  if (!since(draft.state, 'known_tries')) return { ...call, status: 'new' };
  if (mayHaveActed(call)) return call;
  // Whoever says yes again is to see what is then done.
  const { edited: _, approved: __, ...asked } = call;
  return { ...asked, status: 'new' };
}

export function closeCutCalls(draft: Draft, { key }: AgentStep, why: string): void {
  const calls = since(draft.state, 'known_tries') ? (stepOf(draft, key).agent?.calls ?? []) : [];
  if (stepOf(draft, key).status !== 'pending') return;
  calls.forEach((call, index) => {
    if (mayHaveActed(call)) stopCall(draft, key, index, why);
  });
}

export function goOn(draft: Draft, { key }: AgentStep, wanted: Continuation): void {
  if (stepOf(draft, key).agent !== undefined) startSegment(draft, key, wanted);
}
