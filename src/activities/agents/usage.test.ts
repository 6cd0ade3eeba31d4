import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultModel } from './models.ts';
import { PRICE_VERSION, usageOf, type Call } from './usage.ts';

const call = (over: Partial<Call> = {}): Call => ({
  requested: { provider: 'openai', model: 'gpt-4o' },
  model: 'gpt-4o-2024-08-06',
  tokens: { input: 1_000, output: 100, cacheRead: 400, cacheWrite: 0, reasoning: 0 },
  priceAs: { providerId: 'openai' },
  durationMs: 12,
  firstTokenMs: 3,
  finishReason: 'stop',
  ...over,
});

describe('usageOf', () => {
  it('prices tokens by kind, in whole micro-dollars', () => {
    // gpt-4o: 2.50 a million, cached 1.25, output 10.
    expect(usageOf(call())).toMatchObject({
      inputTokens: 1_000,
      cacheReadTokens: 400,
      totalTokens: 1_100,
      costMicros: Math.round(600 * 2.5 + 400 * 1.25 + 100 * 10),
      priceVersion: PRICE_VERSION,
    });
  });

  it('falls back to the requested name when the table does not know the answered one', () => {
    expect(usageOf(call({ model: 'internal-build-7' })).costMicros).toBe(usageOf(call()).costMicros);
  });

  it.each([
    ['nobody has a price list', { priceAs: null }],
    ['the vendor did not tell the tokens', { tokens: null }],
    ['the server is no known vendor', { priceAs: { providerApiUrl: 'http://127.0.0.1:1/v1' } }],
    ['the model is unknown', { model: 'x', requested: { provider: 'openai', model: 'x' } as const }],
    [
      'the counts contradict each other',
      { tokens: { input: 1, output: 1, cacheRead: 50, cacheWrite: 0, reasoning: 0 } },
    ],
  ])('knows no cost when %s', (_, over) => {
    expect(usageOf(call(over))).toMatchObject({ costMicros: null, priceVersion: null });
  });

  it('knows the prices of all default models', () => {
    for (const variable of ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY']) {
      const requested = defaultModel({ env: { [variable]: 'k' }, config: {} });
      const usage = usageOf(
        call({ requested, model: requested.model, priceAs: { providerId: requested.provider } }),
      );
      expect(usage.costMicros, requested.model).toBeGreaterThan(0);
    }
  });

  it('names the version of the price table that is installed', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(PRICE_VERSION).toBe(`genai-prices ${manifest.dependencies['@pydantic/genai-prices']}`);
  });
});
