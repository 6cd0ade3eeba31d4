/** What vendors say of a call's consumption, through the real clients, and what counts of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeAnswer, type FakeOpenAi } from '../../../../test/support/fake-openai.ts';
import { modelRequest } from '../../../../test/support/model-request.ts';
import { reconciled } from '../reconcile.ts';
import { usageOf } from '../usage.ts';
import { hear, NOTHING_TOLD, type Told } from './told-usage.ts';
import type { VendorName } from './vendor-name.ts';
import { vendorCall } from './vendors.ts';

let vendor: FakeOpenAi;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
});
afterAll(() => vendor.stop());

async function usageAfter(answer: FakeAnswer) {
  vendor.next(answer);
  const config = { BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_MODEL_IDLE_SECONDS: 0 };
  const request = modelRequest();
  const answered = await vendorCall('compatible', { config, env: {} })(request);
  expect(answered.text).toBe('ok');
  const priced = { ...answered, priceAs: { providerId: 'openai' }, model: 'gpt-4o' };
  const {
    inputTokens,
    outputTokens,
    totalTokens,
    costMicros,
    note = null,
  } = usageOf({
    ...{ ...priced, requested: request.model, durationMs: 1 },
  });
  return [inputTokens, outputTokens, totalTokens, note, costMicros === null ? null : 'priced'];
}

const raw = (prompt: unknown, completion: unknown, total?: unknown, more: object = {}) => ({
  ...{ prompt_tokens: prompt, completion_tokens: completion, total_tokens: total },
  ...more,
});
const thought = (reasoning: unknown) => ({ completion_tokens_details: { reasoning_tokens: reasoning } });
const cached = (tokens: unknown) => ({ prompt_tokens_details: { cached_tokens: tokens } });

describe('figures', () => {
  it.each([
    ['that add up', raw(10, 2, 12), [10, 2, 12, null, 'priced']],
    ['without a total', raw(10, 2), [10, 2, 12, null, 'priced']],
    ['with reasoning apart', raw(32, 9, 135, thought(94)), [32, 103, 135, 'reasoning_added', 'priced']],
    [
      'with reasoning apart and no total',
      raw(32, 9, null, thought(94)),
      [32, 103, 135, 'reasoning_added', 'priced'],
    ],
    ['with reasoning inside', raw(32, 103, 135, thought(94)), [32, 103, 135, null, 'priced']],
    ['with thoughts only in the total', raw(10, 5, 120), [10, 110, 120, 'total_higher', 'priced']],
    ['with a lower total', raw(10, 5, 12), [10, 5, 12, 'total_lower', 'priced']],
    ['with a total of nothing', raw(10, 5, 0), [10, 5, 15, 'total_ignored', 'priced']],
    ['with cached input apart', raw(10, 5, 115, cached(100)), [110, 5, 115, 'cache_added', 'priced']],
    ['with more cached than input', raw(10, 5, 15, cached(100)), [10, 5, 15, 'cache_cut', 'priced']],
    ['that are negative', raw(-5, 2), [null, 2, 2, 'incomplete', null]],
    ['that are negative beside a total', raw(-5, 2, 12), [10, 2, 12, 'incomplete', 'priced']],
    ['with a negative total', raw(10, 2, -1), [10, 2, 12, 'unusable', 'priced']],
    ['that are texts', raw('10', '2', '12'), [10, 2, 12, null, 'priced']],
    ['that are words', raw('many', 'some'), [null, null, 0, 'untold', null]],
    ['that are fractions', raw(10.5, 2), [null, 2, 2, 'incomplete', null]],
    ['that are endless', raw(1e300, 2), [null, 2, 2, 'incomplete', null]],
    ['that are missing', {}, [null, null, 0, 'untold', null]],
    ['of the whole only', raw(null, null, 12), [null, null, 12, 'incomplete', null]],
    ['that are no object', 'none', [null, null, 0, 'untold', null]],
    ['that are nothing', null, [null, null, 0, 'untold', null]],
  ])('%s', async (_, rawUsage, expected) => {
    expect(await usageAfter({ rawUsage })).toEqual(expected);
  });

  it.each(['each', 'after'] as const)('that come %s', async (usageIn) => {
    expect(await usageAfter({ chunks: ['o', 'k'], usageIn, rawUsage: raw(10, 2, 12) })).toEqual([
      ...[10, 2, 12, null, 'priced'],
    ]);
  });

  it('after the end, from a server that leaves the choices out and never says that it is done', async () => {
    const chunk = { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] };
    const events = [chunk, { usage: raw(10, 2, 12) }].map((event) => `data: ${JSON.stringify(event)}\n\n`);
    expect(await usageAfter({ garbage: events.join('') })).toEqual([10, 2, 12, null, 'priced']);
  });
});

describe('vendors tell', () => {
  const after = (name: VendorName, ...events: readonly Readonly<Record<string, unknown>>[]) =>
    reconciled(events.reduce((told: Told, event) => hear(name, told, event), NOTHING_TOLD).figures);

  it('Anthropic: the input first, the output last', () => {
    const start = {
      input_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 2,
      output_tokens: 1,
    };
    const begun = { type: 'message_start', message: { usage: start } };
    expect(after('anthropic', begun, { type: 'message_delta', usage: { output_tokens: 30 } })).toEqual({
      ...{ input: 17, output: 30, total: 47, cacheRead: 5, cacheWrite: 2, reasoning: 0 },
    });
  });

  it('Google: both so far with each piece, thoughts and the prompts of its tools apart', () => {
    const sofar = { promptTokenCount: 10, cachedContentTokenCount: 4 };
    const first = { usageMetadata: { ...sofar, totalTokenCount: 10 } };
    const last = {
      usageMetadata: { ...sofar, candidatesTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 15 },
    };
    const expected = { input: 10, output: 5, total: 15, cacheRead: 4, cacheWrite: 0, reasoning: 3 };
    expect(after('google', first, last)).toEqual(expected);
    expect(after('google', { candidates: [] })).toBeNull();
  });

  it.each([
    ['google', { promptFeedback: { blockReason: 'SAFETY' } }, 'SAFETY'],
    ['openai', { type: 'response.refusal.delta', delta: 'No.' }, 'No.'],
    [
      'anthropic',
      {
        type: 'message_delta',
        delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'Why.' } },
      },
      'Why.',
    ],
    ['google', { promptFeedback: { blockReason: 'BLOCK_REASON_UNSPECIFIED' } }, ''],
  ] as const)('%s: refusals apart from the answer', (name, event, words) => {
    expect(hear(name, NOTHING_TOLD, event).refusal).toBe(words);
  });
});
