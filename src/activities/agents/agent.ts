/**
 * Step kind `agent`: one model call. Result: the answer's text, or with `output_schema` the value that fits it.
 *
 * What the call consumed travels with the result, and with the failure when the vendor answered but the answer is bad.
 */
import type { AgentSpec } from '../../plan/plan.ts';
import type { ModelUsage, SessionRef } from '../../protocol/usage.ts';
import { StepFailure } from '../step-failure.ts';
import type { Attempt, Perform } from '../step-activity.ts';
import { asText } from '../texts.ts';
import { chooseModel, type ModelSettings } from './models.ts';
import type { ModelAnswer, ModelRequest } from './providers/provider.ts';
import type { Providers } from './providers/index.ts';
import { agentProfile } from './roster.ts';
import { sessionOf } from './session.ts';
import { answerReader, jsonInstruction } from './structured-answer.ts';
import { usageOf } from './usage.ts';

/** Makes the kind for a worker's providers. */
export function performAgent(settings: ModelSettings, providers: Providers): Perform<AgentSpec> {
  return async (attempt) => {
    const { spec, input } = attempt;
    const session = sessionOf(input, spec.agent);
    // Compiled before the call: a wrong schema costs no tokens.
    const read = spec.outputSchema === null ? (text: string) => text : answerReader(spec.outputSchema);
    const request = requestOf(attempt, settings);
    const { answer, usage } = await ask(request, providers, session);
    try {
      assertComplete(answer);
      return { value: read(answer.text), usage, session };
    } catch (error) {
      throw error instanceof StepFailure ? error.with({ usage, session }) : error;
    }
  };
}

function requestOf(
  { spec, input, render, signal }: Attempt<AgentSpec>,
  settings: ModelSettings,
): ModelRequest {
  const { system } = agentProfile(spec.agent);
  return {
    model: chooseModel(spec.model, settings),
    system: spec.outputSchema === null ? system : `${system}\n\n${jsonInstruction(spec.outputSchema)}`,
    prompt: asText(render(spec.prompt)),
    temperature: spec.temperature,
    maxOutputTokens: spec.maxOutputTokens,
    signal,
    caller: { workflow: input.run.workflow, step: input.step.key, attempt: input.step.attempt },
  };
}

async function ask(
  request: ModelRequest,
  providers: Providers,
  session: SessionRef,
): Promise<{ answer: ModelAnswer; usage: ModelUsage }> {
  const began = performance.now();
  try {
    const answer = await providers(request.model.provider)(request);
    const durationMs = Math.round(performance.now() - began);
    return { answer, usage: usageOf({ ...answer, requested: request.model, durationMs }) };
  } catch (error) {
    throw error instanceof StepFailure ? error.with({ session }) : error;
  }
}

/** A vendor may answer without an answer. */
function assertComplete({ finishReason, text }: ModelAnswer): void {
  if (finishReason === 'content-filter') {
    throw new StepFailure(
      'model_refused',
      "The vendor's content filter withheld the answer; change the prompt.",
    );
  }
  if (finishReason === 'error')
    throw new StepFailure('model_error', 'The vendor broke the answer off with an error.');
  if (text.trim() !== '') return;
  const remedy =
    finishReason === 'length' ? ' The token limit was spent on reasoning; raise max_output_tokens.' : '';
  throw new StepFailure('model_error', `The model answered with an empty text.${remedy}`);
}
