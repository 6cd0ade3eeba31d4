/** Agents of a world, by the keys of their steps. */
import type { ToolCall, TurnInput, TurnOutput } from '../protocol/agent.ts';
import { consumed, toolAnswer, turn } from './answers.ts';
import type { World } from './world.ts';

let heads = 0;

/** Lets the open model call of a step answer: with a final text, or with calls. */
export function answerTurn<W extends World>(
  world: W,
  step: string,
  answer: string | readonly ToolCall[],
  more: Partial<TurnOutput> = {},
): W {
  const isFinal = typeof answer === 'string';
  const said = isFinal
    ? { preview: answer, result: { value: answer, bytes: answer.length + 2, preview: answer } }
    : { preview: '', calls: answer, result: null };
  return world.reply(openTurn(world, step), turn(`h${++heads}`, { usage: consumed(), ...said, ...more }));
}

/** Lets an open call of a tool answer. */
export function answerTool<W extends World>(
  world: W,
  step: string,
  index: number,
  text = 'done',
  isError = false,
): W {
  const id = world.openIds.find((open) => open.startsWith(`${step}#`) && open.endsWith(`.${index}`));
  if (id === undefined) throw new Error(`no open call ${index} of ${step}: ${world.openIds.join(', ')}`);
  return world.reply(id, toolAnswer(text, { isError }));
}

export function openTurn(world: World, step: string): string {
  const id = world.openIds.find((open) => open.startsWith(`${step}#`) && !open.includes('.'));
  if (id === undefined) throw new Error(`no open turn of ${step}: ${world.openIds.join(', ')}`);
  return id;
}

export function turnInputOf(world: World, step: string): TurnInput {
  return world.open.get(openTurn(world, step))?.input as TurnInput;
}
