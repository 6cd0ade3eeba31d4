/**
 * Provider `scripted`: plays the answers of a script instead of asking a vendor. For examples, tests and offline work.
 *
 * Stateless: a call is answered by the first entry that fits its workflow, step and attempt, whoever asked before and
 * however often a worker was restarted. A call that no entry fits is an error, never a made-up answer.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../step-failure.ts';
import type { FailureCode, FailureDetails } from '../../../protocol/failure.ts';
import { PROVIDERS } from '../models.ts';
import { usageOf, type PriceSource, type Tokens } from '../usage.ts';
import type { CallModel, ModelAnswer, ModelRequest } from './provider.ts';
import { readScript, type Script, type ScriptedCall } from './script.ts';

export interface ScriptedProvider {
  readonly call: CallModel;
  /** Entries that no call of this process has met, as `workflow/step#attempt`. For tests. */
  readonly unconsumed: () => Promise<readonly string[]>;
}

const providers = new Map<string | undefined, ScriptedProvider>();

/**
 * Plays the script at `path` (BATON_SCRIPT); read again when the file changes. One provider a path and process, so
 * that a test can ask what its workers have used.
 */
export function scriptedProvider(path: string | undefined): ScriptedProvider {
  const provider = providers.get(path) ?? createProvider(path);
  providers.set(path, provider);
  return provider;
}

function createProvider(path: string | undefined): ScriptedProvider {
  const load = scriptLoader(path);
  const used = new Set<string>();
  return {
    call: async (request) => {
      const script = await load();
      const entry = entryFor(script, request, path);
      used.add(nameOf(entry));
      assertExpected(entry, request);
      await sleep(entry.delay, undefined, { signal: request.signal });
      return play(entry, request);
    },
    unconsumed: async () => (await load()).calls.map(nameOf).filter((name) => !used.has(name)),
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

function entryFor(script: Script, { caller }: ModelRequest, path: string | undefined): ScriptedCall {
  const entry = script.calls.find(
    ({ workflow, step, attempt }) =>
      (workflow ?? caller.workflow) === caller.workflow &&
      step === caller.step &&
      (attempt ?? caller.attempt) === caller.attempt,
  );
  if (entry !== undefined) return entry;
  throw new StepFailure(
    'script_error',
    `Script ${path} has no entry for workflow "${caller.workflow}", step "${caller.step}", attempt ` +
      `${caller.attempt}. Add one, or set a vendor's key so that a real model answers.`,
  );
}

function assertExpected(entry: ScriptedCall, { prompt }: ModelRequest): void {
  const missing = entry.expect.filter((text) => !prompt.includes(text));
  if (missing.length === 0) return;
  const list = missing.map((text) => JSON.stringify(text)).join(', ');
  throw new StepFailure('script_error', `Script entry ${nameOf(entry)} expects ${list} in the prompt.`);
}

function play(entry: ScriptedCall, request: ModelRequest): ModelAnswer {
  const answer = answerOf(entry, request);
  if (entry.fail === undefined) return answer;
  const { type, message, retry_after: wait, retryable } = entry.fail;
  const details: FailureDetails = {
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(entry.usage === undefined
      ? {}
      : { usage: usageOf({ ...answer, requested: request.model, durationMs: entry.delay }) }),
  };
  throw new StepFailure(type as FailureCode, message, details);
}

function answerOf(entry: ScriptedCall, request: ModelRequest): ModelAnswer {
  const text =
    entry.reply ??
    entry.chunks?.join('') ??
    (entry.fail === undefined ? JSON.stringify(entry.reply_json) : '');
  const { model = request.model.model } = entry;
  return {
    text,
    ...pricedModel(model),
    tokens: tokensOf(entry),
    finishReason: entry.fail === undefined ? 'stop' : 'error',
  };
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

function nameOf({ workflow, step, attempt }: ScriptedCall): string {
  return `${workflow ?? '*'}/${step}#${attempt ?? '*'}`;
}
