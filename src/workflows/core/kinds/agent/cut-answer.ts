/**
 * Answers that a limit of tokens has cut.
 *
 * Where the limits of step or run cut it, nothing is wrong with the answer: the agent comes to that limit next, and who
 * continues it gets the rest. Anything else that cut it is answered by asking for the rest so often as the step says
 * (`continuations`); then the step fails with `answer_cut`, and can be continued as well.
 */
import type { Appended, ToolCall, TurnOutput } from '../../../../protocol/agent.ts';
import { note, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { stepError } from '../../kernel/failures.ts';
import { failAttempt } from '../../steps/transitions.ts';
import { since } from '../../kernel/versions.ts';
import { agentOf, changeAgent } from './agent-state.ts';
import type { AgentStep } from './agent-state.ts';

const DEFAULT_CONTINUATIONS = 1;

const GO_ON =
  'Your answer was cut at its token limit. Go on exactly where it ends: repeat nothing, begin with the very next character, and say nothing about the interruption.';
/** Somebody has spoken in between: what comes now is no rest of anything. */
const AGAIN =
  'Your answer was cut at its token limit, and is not used. If it is still wanted, give the whole answer again, more briefly.';
/** What the model hears of a call of which the arguments were cut. */
export const TORN_CALL =
  'This call was not made: your answer was cut at its token limit before the arguments were whole. Call it again with less at once (a large file in several parts).';

/** What cut the answer, as far as runs of this version know of it. */
export function cutOf(draft: Draft, output: TurnOutput): TurnOutput['cut'] {
  const { cut } = output;
  const isKnown = cut === 'budget' || cut === 'length';
  return isKnown && since(draft.state, 'cut_answers') ? cut : undefined;
}

/** True for a call that is not made because its arguments were cut. */
export function isTornCall(draft: Draft, { cut }: ToolCall): boolean {
  return cut === true && since(draft.state, 'cut_answers');
}

/** The answer's text was cut: the rest is asked for. The agent has taken the answer over already. */
export function askForRest(draft: Draft, { key, spec }: AgentStep, by: NonNullable<TurnOutput['cut']>): void {
  const { attempt } = stepOf(draft, key);
  const { cuts: before = 0, turns } = agentOf(draft, key);
  const cuts = by === 'budget' ? before : before + 1;
  changeAgent(draft, key, { cuts, append: [{ type: 'user', source: 'cut', text: GO_ON, by: null }] });
  const isLast = cuts > (spec.continuations ?? DEFAULT_CONTINUATIONS);
  note(draft, { type: 'agent_cut', step: key, attempt, turn: turns, by, goesOn: !isLast });
  if (isLast) failCut(draft, key);
}

/** No rest is asked for any more. What there is stays in the session, and a continuation asks for the rest. */
export function failCut(draft: Draft, key: string): void {
  const { attempt } = stepOf(draft, key);
  const { session, head } = agentOf(draft, key);
  changeAgent(draft, key, { cuts: 0, corrections: 0 });
  const where = `What there is stands in session ${session?.id ?? ''} up to entry ${head ?? ''}`;
  const message = `the answer was cut at the token limit again and again. ${where}. Raise max_output_tokens or continuations, or ask for less; continue the run for the rest`;
  const error = stepError('answer_cut', message, attempt);
  failAttempt(draft, key, { error, retryable: false, retryAfterMs: 0 });
}

/** What a turn begins with: where people have spoken, the answer that was cut is not gone on with. */
export function withoutLostRest(append: readonly Appended[]): readonly Appended[] {
  const others = append.some((entry) => entry.type !== 'user' || entry.source !== 'cut');
  if (!others) return append;
  return append.map((entry) =>
    entry.type === 'user' && entry.source === 'cut' ? { ...entry, source: 'notice', text: AGAIN } : entry,
  );
}
