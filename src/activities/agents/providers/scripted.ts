/**
 * Provider `scripted`: plays the answers of a script instead of asking a vendor. For examples, tests and offline work.
 *
 * A call that no entry fits is an error, never a made-up answer.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureCode, FailureDetails } from '../../../protocol/failure.ts';
import { endOf, withDetails } from '../../frame.ts';
import { StepFailure } from '../../step-failure.ts';
import { asText } from '../../texts.ts';
import { PROVIDERS } from '../models.ts';
import type { Tokens } from '../reconcile.ts';
import { usageOf, type PriceSource } from '../usage.ts';
import {
  argumentsOf,
  type CallModel,
  type Message,
  type ModelAnswer,
  type ModelRequest,
} from './provider.ts';
import { entryFor, nameOf } from './script-use.ts';
import { readScript, type Script, type ScriptedCall } from './script.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** Plays the script at `path` (BATON_SCRIPT); read again when the file changes. */
export function scriptedCall(path: string | undefined): CallModel {
  const load = scriptLoader(path);
  return async (request) => {
    const { provider, model } = request.model;
    const entry = entryFor(await load(), { ...request.caller, asked: `${provider}/${model}` });
    if (entry === undefined) throw unknownCall(path, request);
    assertExpected(entry, request);
    const began = performance.now();
    await sleep(entry.delay, undefined, { signal: request.signal });
    return play(entry, request, began);
  };
}

function scriptLoader(path: string | undefined): () => Promise<Script> {
  let loaded: { stamp: string; script: Script } | undefined;
  return async () => {
    if (path === undefined) throw new StepFailure('script_error', noModel());
    const file = await stat(path).catch(() => null);
    const stamp = `${file?.mtimeMs} ${file?.size}`;
    if (loaded?.stamp !== stamp) loaded = { stamp, script: await readScript(path) };
    return loaded.script;
  };
}

function noModel(): string {
  return (
    'No model can be used: set ANTHROPIC_API_KEY, OPENAI_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY or ' +
    'BATON_COMPATIBLE_BASE_URL on the worker, or BATON_SCRIPT to play a script.'
  );
}

function unknownCall(path: string | undefined, { caller }: ModelRequest): StepFailure {
  const { workflow, step, attempt, turn } = caller;
  return new StepFailure(
    'script_error',
    `Script ${path} has no entry for workflow "${workflow}", step "${step}", attempt ${attempt}, turn ${turn}. ` +
      "Add one, or set a vendor's key so that a real model answers.",
  );
}

function assertExpected(entry: ScriptedCall, request: ModelRequest): void {
  const seen = newText(request.messages);
  const offered = request.tools.map(({ name }) => name);
  const texts = entry.expect.filter((text) => !seen.includes(text)).map((text) => writeJson(text));
  const tools = entry.expect_tools.filter((name) => !offered.includes(name));
  if (texts.length > 0) {
    const where = 'in what is new since the last answer (the prompt, messages, results of tools)';
    throw unmet(entry, `${texts.join(', ')} ${where}`);
  }
  if (tools.length > 0) {
    throw unmet(entry, `the tools ${tools.join(', ')}; offered are ${offered.join(', ') || 'none'}`);
  }
}

function unmet(entry: ScriptedCall, what: string): StepFailure {
  return new StepFailure('script_error', `Script entry ${nameOf(entry)} expects ${what}.`);
}

/** All that came after the last answer, as text. */
function newText(messages: readonly Message[]): string {
  const after = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  const texts = messages.slice(after).flatMap((message) => {
    if (message.role === 'tool') return message.results.map(({ output }) => asText(output));
    return [message.text];
  });
  return texts.join('\n');
}

async function play(entry: ScriptedCall, request: ModelRequest, began: number): Promise<ModelAnswer> {
  const answer = answerOf(entry, request, elapsed(began));
  if (entry.fail !== undefined) throw failureOf(entry, entry.fail, answer, request);
  try {
    await stream(entry, entry.chunks ?? [answer.text], request);
    return answer;
  } catch (error) {
    const stopped = { ...answer, requested: request.model, durationMs: elapsed(began), finishReason: null };
    const details = entry.usage === undefined ? {} : { usage: usageOf(stopped) };
    throw withDetails(endOf(error, request.signal), details);
  }
}

function elapsed(began: number): number {
  return Math.round(performance.now() - began);
}

async function stream(
  { chunk_delay: delay }: ScriptedCall,
  chunks: readonly string[],
  { signal, onChunk }: ModelRequest,
): Promise<void> {
  for (const [i, chunk] of chunks.entries()) {
    if (i > 0 && delay > 0) await sleep(delay, undefined, { signal });
    onChunk?.(chunk);
  }
}

function failureOf(
  entry: ScriptedCall,
  fail: NonNullable<ScriptedCall['fail']>,
  answer: ModelAnswer,
  { model }: ModelRequest,
): StepFailure {
  const { type, message, retry_after: wait, retryable } = fail;
  const usage = usageOf({ ...answer, requested: model, durationMs: entry.delay });
  const details: FailureDetails = {
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(entry.usage === undefined ? {} : { usage }),
  };
  return new StepFailure(type as FailureCode, message, details);
}

function answerOf(entry: ScriptedCall, request: ModelRequest, firstTokenMs: number): ModelAnswer {
  const { model = request.model.model, fail } = entry;
  const calls = (entry.tool_calls ?? []).map(({ id, name, input }) => {
    return { id: id ?? null, name, input: argumentsOf(input) };
  });
  return {
    text: replyText(entry),
    calls,
    native: null,
    ...pricedModel(model),
    tokens: tokensOf(entry),
    firstTokenMs: fail === undefined ? firstTokenMs : null,
    finishReason:
      fail !== undefined ? 'error' : (entry.finish_reason ?? (calls.length > 0 ? 'tool-calls' : 'stop')),
  };
}

function replyText({ reply, reply_json: value, chunks }: ScriptedCall): string {
  return reply ?? chunks?.join('') ?? (value === undefined ? '' : writeJson(value));
}

/** `provider/model` is priced as that provider's; a bare name has no price. */
function pricedModel(model: string): { model: string; priceAs: PriceSource | null } {
  const [prefix = '', ...rest] = model.split('/');
  const vendor = PROVIDERS.find((name) => name === prefix && name !== 'scripted');
  if (vendor === undefined || rest.length === 0) return { model, priceAs: null };
  return { model: rest.join('/'), priceAs: { providerId: vendor } };
}

function tokensOf({ usage }: ScriptedCall): Tokens {
  return {
    input: usage?.input_tokens ?? 0,
    output: usage?.output_tokens ?? 0,
    cacheRead: usage?.cache_read_tokens ?? 0,
    cacheWrite: usage?.cache_write_tokens ?? 0,
    reasoning: usage?.reasoning_tokens ?? 0,
  };
}
