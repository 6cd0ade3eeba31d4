/** The vendors' models, all through the `ai` package. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, type LanguageModel, type LanguageModelUsage } from 'ai';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Config } from '../../../config.ts';
import type { ProviderName } from '../models.ts';
import type { PriceSource, Tokens } from '../usage.ts';
import type { CallModel } from './provider.ts';
import { vendorFailure } from './vendor-failure.ts';

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
}

/** Makes the call for one vendor. Keys are read when it is made; chooseModel has seen that they are there. */
export function vendorCall(name: VendorName, settings: VendorSettings): CallModel {
  const vendor = VENDORS[name](settings);
  return async (request) => {
    try {
      const answer = await generateText({
        model: vendor.model(request.model.model),
        system: request.system,
        prompt: request.prompt,
        abortSignal: request.signal,
        // The core retries, so that every call stands in the run's history.
        maxRetries: 0,
        ...(request.temperature === null ? {} : { temperature: request.temperature }),
        ...(request.maxOutputTokens === null ? {} : { maxOutputTokens: request.maxOutputTokens }),
      });
      const model = answer.response.modelId || request.model.model;
      const tokens = tokensOf(answer.usage);
      return { text: answer.text, model, tokens, priceAs: vendor.priceAs, finishReason: answer.finishReason };
    } catch (error) {
      throw request.signal.aborted ? request.signal.reason : vendorFailure(error, request.model);
    }
  };
}

const VENDORS: Readonly<Record<VendorName, (settings: VendorSettings) => Vendor>> = {
  anthropic: ({ env }) => ({
    model: createAnthropic({ apiKey: env['ANTHROPIC_API_KEY'] ?? '', fetch: patientFetch }),
    priceAs: { providerId: 'anthropic' },
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
  }),
  compatible: ({ config }) => {
    const baseURL = config.BATON_COMPATIBLE_BASE_URL ?? '';
    const apiKey = config.BATON_COMPATIBLE_API_KEY;
    const options = {
      name: 'compatible',
      baseURL,
      fetch: patientFetch,
      ...(apiKey === undefined ? {} : { apiKey }),
    };
    return { model: createOpenAICompatible(options), priceAs: { providerApiUrl: baseURL } };
  },
};

/** A model may think for longer than undici's default of five minutes; the step's timeout is the only limit. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
// undici's types and those of the global fetch describe the same thing but do not fit each other.
const patientFetch = ((input: string, init: object) =>
  undiciFetch(input, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch;

function tokensOf(usage: LanguageModelUsage): Tokens {
  const { inputTokenDetails, outputTokenDetails } = usage;
  return {
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
    cacheRead: inputTokenDetails.cacheReadTokens ?? 0,
    cacheWrite: inputTokenDetails.cacheWriteTokens ?? 0,
    reasoning: outputTokenDetails.reasoningTokens ?? 0,
  };
}
