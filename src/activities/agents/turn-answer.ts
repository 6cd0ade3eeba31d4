/** What becomes of a model's answer: an entry of the session, and the output of the turn. */
import type { TurnInput, TurnOutput } from '../../protocol/agent.ts';
import type { AssistantContent, SetupContent } from '../../protocol/session.ts';
import type { ModelUsage, SessionRef } from '../../protocol/usage.ts';
import { previewOf } from '../../protocol/values.ts';
import { storableJson } from '../../plan/storable.ts';
import type { ActivityDeps } from '../frame.ts';
import { storeResult } from '../results.ts';
import { cutBy, isTorn, textBefore } from './cut-answer.ts';
import { shown } from './enter-session.ts';
import type { ModelAnswer } from './providers/provider.ts';
import { nodeAfter, type SessionNode } from './session/node.ts';
import type { Branch } from './session/session-store.ts';
import { answerReader, correctionOf, type ReadAnswer } from './structured-answer.ts';
import { identified, travelling } from './tool-calls.ts';
import { windowOf } from './window.ts';

/** What an answer is written for. */
interface Turn {
  readonly input: TurnInput;
  readonly session: SessionRef;
  readonly setup: SetupContent;
  readonly branch: Branch;
  readonly signal: AbortSignal;
}

interface WrittenAnswer {
  readonly answer: SessionNode;
  readonly output: TurnOutput;
}

/**
 * Makes the function that turns an answer into what is stored and handed on.
 *
 * @throws StepFailure `model_output_invalid` at once when the output schema itself is wrong; the function throws
 *   `result_too_large` and `storage_unavailable`
 */
export function answerWriter(
  deps: ActivityDeps,
  turn: Turn,
): (answer: ModelAnswer, usage: ModelUsage) => Promise<WrittenAnswer> {
  const { setup, input, session, branch } = turn;
  const read = setup.outputSchema === null ? plainText : answerReader(setup.outputSchema);
  return async (answer, usage) => {
    // Names are cut, so they are masked before.
    const named = answer.calls.map((call) => ({ ...call, name: deps.secrets.mask(call.name) }));
    const calls = identified(named, input.step.turn);
    const { text, native } = answer;
    const window = windowOf([usage.model, usage.requestedModel], answer.priceAs);
    const cut = cutBy(usage, input, setup.maxOutputTokens);
    const mark = cut === null ? {} : ({ cut: true } as const);
    const said = { text, calls, provider: usage.provider, model: usage.model, native, ...mark };
    const entry = shown(deps, { role: 'assistant', content: said });
    const node = nodeAfter(session.id, branch.at(-1) ?? null, entry);
    const outcome = await outcomeOf(deps, turn, entry.content, read);
    const preview = previewOf(entry.content.text);
    return {
      answer: node,
      output: {
        ...{ session, head: node.hash, usage, preview, ...outcome, replayed: false },
        ...(cut === null ? {} : { cut }),
        ...(window === null ? {} : { window }),
      },
    };
  };
}

function plainText(text: string): ReadAnswer {
  return { value: text };
}

/** With calls the agent goes on; without, it is done, unless its answer does not fit. */
async function outcomeOf(
  { database }: ActivityDeps,
  { input, signal, branch }: Turn,
  { text, calls, cut }: AssistantContent,
  read: (text: string) => ReadAnswer,
): Promise<Pick<TurnOutput, 'calls' | 'result' | 'correction'>> {
  if (calls.length > 0) {
    const travelled = await travelling(calls, { database, signal });
    const marked = travelled.map((call, i) => {
      const [written] = calls.slice(i, i + 1);
      const torn = cut === true && written !== undefined && isTorn(written, i, calls);
      return torn ? { ...call, cut } : call;
    });
    return { calls: marked, result: null, correction: null };
  }
  const answer = read(textBefore(branch) + text);
  if ('faults' in answer) return { calls: [], result: null, correction: correctionOf(answer.faults) };
  const result = await storeResult(storableJson(answer.value), input.keep, { database, signal });
  return { calls: [], result, correction: null };
}
