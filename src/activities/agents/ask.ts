/** One model call, with what it consumed: in the answer, and in whatever ends it instead. */
import type { ModelUsage } from '../../protocol/usage.ts';
import { endOf, withDetails } from '../frame.ts';
import { StepFailure } from '../step-failure.ts';
import type { Providers } from './providers/index.ts';
import type { ModelAnswer, ModelRequest } from './providers/provider.ts';
import { usageOf } from './usage.ts';

/** As much as stands in a failure's message beside the rest. */
const MAX_REFUSAL_CHARS = 1_500;

export interface Answered {
  readonly answer: ModelAnswer;
  readonly usage: ModelUsage;
}

/** @throws StepFailure with the code of what went wrong; an answer that is none is a failure with its usage */
export async function ask(request: ModelRequest, providers: Providers): Promise<Answered> {
  const began = performance.now();
  const answer = await call(request, providers);
  const durationMs = Math.round(performance.now() - began);
  const usage = usageOf({ ...answer, requested: request.model, durationMs });
  try {
    assertAnswer(answer);
    return { answer, usage };
  } catch (error) {
    throw withDetails(error, { usage });
  }
}

/** A provider that was stopped may know what the call has cost: what it throws then is not replaced. */
async function call(request: ModelRequest, providers: Providers): Promise<ModelAnswer> {
  try {
    request.signal.throwIfAborted();
    return await providers(request.model.provider)(request);
  } catch (error) {
    throw endOf(error, request.signal);
  }
}

/** A vendor may answer without an answer. */
function assertAnswer(answer: ModelAnswer): void {
  const { finishReason, text, calls, refusal = null } = answer;
  if (refusal !== null) throw refused('The model refused', refusal);
  if (finishReason === 'content-filter')
    throw refused("The vendor's content filter withheld the answer", text);
  if (finishReason === 'error') {
    throw new StepFailure('model_error', 'The vendor broke the answer off with an error.');
  }
  if (text.trim() !== '' || calls.length > 0) return;
  if (finishReason === 'length') {
    const message =
      'The token limit of the answer was spent before a word of it had come (on reasoning): raise max_output_tokens.';
    throw new StepFailure('answer_cut', message);
  }
  throw new StepFailure('model_error', 'The model answered with an empty text.');
}

/** Asked the same again it would say the same. */
function refused(what: string, words: string): StepFailure {
  const said = words.trim().slice(0, MAX_REFUSAL_CHARS);
  const remedy = 'change the prompt.';
  if (said === '') return new StepFailure('model_refused', `${what}; ${remedy}`);
  return new StepFailure('model_refused', `${what}: "${said}"; ${remedy}`, { data: { refusal: said } });
}
