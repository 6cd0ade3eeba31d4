/** The vendors' models, all through the `ai` package. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText, type LanguageModel } from 'ai';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Config } from '../../../config.ts';
import type { FailureDetails } from '../../../protocol/failure.ts';
import { withDetails } from '../../frame.ts';
import { boundedResponse } from '../../network/bounded-response.ts';
import type { ProviderName } from '../models.ts';
import { usageOf, type PriceSource } from '../usage.ts';
import { nativeAnswer } from './native-answer.ts';
import type { CallModel, ModelAnswer, ModelRequest } from './provider.ts';
import { anthropicTold, googleTold, type ToldTokens } from './told-tokens.ts';
import { vendorFailure } from './vendor-failure.ts';
import { vendorMessages } from './vendor-messages.ts';
import { readStream } from './vendor-stream.ts';
import { vendorTools } from './vendor-tools.ts';

// Its warnings (a setting that the model ignores) would be loose lines between structured logs.
globalThis.AI_SDK_LOG_WARNINGS = false;

export type VendorName = Exclude<ProviderName, 'scripted'>;

export interface VendorSettings {
  readonly config: Pick<Config, 'BATON_COMPATIBLE_BASE_URL' | 'BATON_COMPATIBLE_API_KEY'>;
  readonly env: NodeJS.ProcessEnv;
}

interface Vendor {
  readonly model: (name: string) => LanguageModel;
  readonly priceAs: PriceSource;
  /** Of vendors that tell what a call has consumed before its end. */
  readonly told?: ToldTokens;
}

/** Makes the call for one vendor. Keys are read when it is made; chooseModel has seen that they are there. */
export function vendorCall(name: VendorName, settings: VendorSettings): CallModel {
  const vendor = VENDORS[name](settings);
  return async (request) => {
    const began = performance.now();
    const stream = openStream(vendor, request);
    const { priceAs, told = () => null } = vendor;
    const { failure, ...read } = await readStream(stream.fullStream, {
      onChunk: request.onChunk ?? (() => {}),
      told,
    });
    const answer = { ...read, model: read.model ?? request.model.model, priceAs, native: null };
    if (failure === null) return { ...answer, native: await nativeAnswer(stream, answer.calls, request.model) };
    const used = consumed(answer, request, Math.round(performance.now() - began));
    if (request.signal.aborted) throw withDetails(request.signal.reason, used);
    throw vendorFailure(failure.error, request.model).with(used);
  };
}

function openStream(vendor: Vendor, request: ModelRequest): ReturnType<typeof streamText> {
  const { system, temperature, maxOutputTokens, tools } = request;
  return streamText({
    model: vendor.model(request.model.model),
    // Vendors refuse blank texts here too.
    ...(system.trim() === '' ? {} : { system }),
    messages: vendorMessages(request),
    abortSignal: request.signal,
    // The core retries, so that every call stands in the run's history.
    maxRetries: 0,
    // Failures come with the stream; the default writes them to the console.
    onError: () => {},
    providerOptions: PROVIDER_OPTIONS,
    includeRawChunks: vendor.told !== undefined,
    ...(tools.length === 0 ? {} : { tools: vendorTools(tools, request.model) }),
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
    model: createAnthropic({ apiKey: env['ANTHROPIC_API_KEY'] ?? '', fetch: patientFetch }),
    priceAs: { providerId: 'anthropic' },
    told: anthropicTold,
  }),
  openai: ({ env }) => ({
    model: createOpenAI({ apiKey: env['OPENAI_API_KEY'] ?? '', fetch: patientFetch }),
    priceAs: { providerId: 'openai' },
  }),
  google: ({ env }) => ({
    model: createGoogleGenerativeAI({
      apiKey: env['GOOGLE_GENERATIVE_AI_API_KEY'] ?? '',
      fetch: patientFetch,
    }),
    priceAs: { providerId: 'google' },
    told: googleTold,
  }),
  compatible: ({ config }) => {
    const baseURL = config.BATON_COMPATIBLE_BASE_URL ?? '';
    const apiKey = config.BATON_COMPATIBLE_API_KEY;
    const options = {
      name: 'compatible',
      baseURL,
      fetch: patientFetch,
      includeUsage: true,
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    return { model: createOpenAICompatible(options), priceAs: { providerApiUrl: baseURL } };
  },
};

/** A model may think for longer than undici's default of five minutes; the step's timeout is the only limit. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
// undici's types and those of the global fetch describe the same thing but do not fit each other.
const patientFetch = (async (input: string, init: object) => {
  const response = await undiciFetch(input, { ...init, dispatcher: agent });
  return boundedResponse(response as unknown as Response);
}) as unknown as typeof globalThis.fetch;
