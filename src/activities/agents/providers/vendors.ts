/** The vendors' models, all through the `ai` package. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText, type LanguageModel } from 'ai';
import type { Config } from '../../../config.ts';
import type { FailureDetails } from '../../../protocol/failure.ts';
import { withDetails } from '../../frame.ts';
import { veiled } from '../../network/veiled-numbers.ts';
import { reconciled } from '../reconcile.ts';
import { usageOf, type PriceSource } from '../usage.ts';
import { listeningFetch } from './listening-fetch.ts';
import { nativeAnswer } from './native-answer.ts';
import type { CallModel, ModelAnswer, ModelRequest } from './provider.ts';
import { watchSilence, type Silence } from './silence.ts';
import { hear, NOTHING_TOLD, type Told } from './told-usage.ts';
import { silenceFailure, vendorFailure } from './vendor-failure.ts';
import { vendorMessages } from './vendor-messages.ts';
import type { VendorName } from './vendor-name.ts';
import { readStream } from './vendor-stream.ts';
import { vendorTools } from './vendor-tools.ts';

// Its warnings (a setting that the model ignores) would be loose lines between structured logs.
globalThis.AI_SDK_LOG_WARNINGS = false;

type Fetch = typeof globalThis.fetch;

export interface VendorSettings {
  readonly config: Pick<
    Config,
    'BATON_COMPATIBLE_BASE_URL' | 'BATON_COMPATIBLE_API_KEY' | 'BATON_MODEL_IDLE_SECONDS'
  >;
  readonly env: NodeJS.ProcessEnv;
  /** Instead of the network, for tests. */
  readonly fetch?: Fetch;
}

interface Vendor {
  readonly model: (name: string, fetch: Fetch) => LanguageModel;
  readonly priceAs: PriceSource;
}

/** Makes the call for one vendor. Keys are read when it is made; chooseModel has seen that they are there. */
export function vendorCall(name: VendorName, settings: VendorSettings): CallModel {
  const vendor = VENDORS[name](settings);
  return async (request) => {
    const began = performance.now();
    const silence = watchSilence(settings.config.BATON_MODEL_IDLE_SECONDS);
    let told: Told = NOTHING_TOLD;
    const onEvent = (event: Readonly<Record<string, unknown>>) => {
      told = hear(name, told, event);
    };
    const fetch = settings.fetch ?? listeningFetch({ silence, onEvent });
    const stream = openStream(vendor.model(request.model.model, fetch), request, silence);
    const { failure, ...read } = await readStream(stream.fullStream, request.onChunk ?? (() => {}));
    const answer: ModelAnswer = {
      ...read,
      ...{ model: read.model ?? request.model.model, priceAs: vendor.priceAs, native: null },
      ...{ tokens: reconciled(told.figures), refusal: told.refusal || null },
    };
    if (failure === null) {
      return { ...answer, native: await nativeAnswer(stream, answer.calls, request.model) };
    }
    const used = consumed(answer, request, Math.round(performance.now() - began));
    if (request.signal.aborted) throw withDetails(request.signal.reason, used);
    if (silence.signal.aborted) throw silenceFailure(silence.signal.reason, request.model).with(used);
    throw vendorFailure(failure.error, request.model).with(used);
  };
}

function openStream(
  model: LanguageModel,
  request: ModelRequest,
  silence: Silence,
): ReturnType<typeof streamText> {
  const { system, temperature, maxOutputTokens, tools } = request;
  return streamText({
    model,
    // Vendors refuse blank texts here too.
    ...(system.trim() === '' ? {} : { system }),
    messages: veiled(vendorMessages(request)),
    abortSignal: AbortSignal.any([request.signal, silence.signal]),
    // The core retries, so that every call stands in the run's history.
    maxRetries: 0,
    // Failures come with the stream; the default writes them to the console.
    onError: () => {},
    providerOptions: PROVIDER_OPTIONS,
    ...(tools.length === 0 ? {} : { tools: vendorTools(veiled(tools), request.model) }),
    ...(temperature === null ? {} : { temperature }),
    ...(maxOutputTokens === null ? {} : { maxOutputTokens }),
  });
}

/** The transcript is ours: no vendor has to keep it for the next turn. */
const PROVIDER_OPTIONS = { openai: { store: false } } as const;

/** A call that ended half way has its usage only if the vendor sent it. */
function consumed(answer: ModelAnswer, { model }: ModelRequest, durationMs: number): FailureDetails {
  return answer.tokens === null ? {} : { usage: usageOf({ ...answer, requested: model, durationMs }) };
}

const VENDORS: Readonly<Record<VendorName, (settings: VendorSettings) => Vendor>> = {
  anthropic: ({ env }) => ({
    model: (name, fetch) => createAnthropic({ apiKey: env['ANTHROPIC_API_KEY'] ?? '', fetch })(name),
    priceAs: { providerId: 'anthropic' },
  }),
  openai: ({ env }) => ({
    model: (name, fetch) => createOpenAI({ apiKey: env['OPENAI_API_KEY'] ?? '', fetch })(name),
    priceAs: { providerId: 'openai' },
  }),
  google: ({ env }) => ({
    model: (name, fetch) =>
      createGoogleGenerativeAI({ apiKey: env['GOOGLE_GENERATIVE_AI_API_KEY'] ?? '', fetch })(name),
    priceAs: { providerId: 'google' },
  }),
  compatible: ({ config }) => {
    const baseURL = config.BATON_COMPATIBLE_BASE_URL ?? '';
    const apiKey = config.BATON_COMPATIBLE_API_KEY;
    const options = {
      ...{ name: 'compatible', baseURL, includeUsage: true },
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    return {
      model: (name, fetch) => createOpenAICompatible({ ...options, fetch })(name),
      priceAs: { providerApiUrl: baseURL },
    };
  },
};
