/** What an agent's activities say, for worlds with agents in them. */
import { writeJson } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import type { ToolCall, TurnInput, TurnOutput } from '../../../protocol/agent.ts';
import type { ModelUsage } from '../../../protocol/usage.ts';
import type { Simulator } from './simulator.ts';

export function usage(totalTokens = 100, costMicros: number | null = 1_000): ModelUsage {
  return {
    provider: 'scripted',
    requestedModel: 'm',
    model: 'm',
    inputTokens: totalTokens - 10,
    outputTokens: 10,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    totalTokens,
    costMicros,
    priceVersion: null,
    durationMs: 5,
    firstTokenMs: 1,
    finishReason: 'stop',
  };
}

export function call(name: string, input: Json = {}, id = `c-${name}`): ToolCall {
  return { id, name, input: { value: input }, preview: writeJson(input) };
}

/** A turn's answer: final with a text, or with calls. */
function turn(
  answer: string | readonly ToolCall[],
  more: Partial<TurnOutput> & { readonly head: string },
): TurnOutput {
  const final = typeof answer === 'string';
  return {
    session: { id: 'ses_1', name: 'code: work' },
    usage: usage(),
    preview: final ? answer : '',
    calls: final ? [] : answer,
    result: final ? { value: answer, bytes: answer.length + 2, preview: answer } : null,
    correction: null,
    replayed: false,
    ...more,
  };
}

let heads = 0;

/** Lets the open model call of a step answer. */
export function answerTurn(
  world: Simulator,
  step: string,
  answer: string | readonly ToolCall[],
  more: Partial<TurnOutput> = {},
): Simulator {
  const id = openTurn(world, step);
  return world.task({
    type: 'activity_completed',
    id,
    result: turn(answer, { head: `h${++heads}`, ...more }),
  });
}

/** Lets an open call of a tool answer. */
export function answerTool(
  world: Simulator,
  step: string,
  index: number,
  text = 'done',
  isError = false,
): Simulator {
  const id = [...world.open.keys()].find((open) => open.startsWith(`${step}#`) && open.endsWith(`.${index}`));
  if (id === undefined)
    throw new Error(`no open call ${index} of ${step}: ${[...world.open.keys()].join(', ')}`);
  const result = { value: text, bytes: text.length + 2, preview: text };
  return world.task({ type: 'activity_completed', id, result: { result, isError, comment: text } });
}

export function openTurn(world: Simulator, step: string): string {
  const id = [...world.open.keys()].find((open) => open.startsWith(`${step}#`) && !open.includes('.'));
  if (id === undefined) throw new Error(`no open turn of ${step}: ${[...world.open.keys()].join(', ')}`);
  return id;
}

export function turnInputOf(world: Simulator, step: string): TurnInput {
  return world.open.get(openTurn(world, step))?.input as TurnInput;
}
