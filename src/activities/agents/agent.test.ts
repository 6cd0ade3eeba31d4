import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi } from '../../../test/support/fake-openai.ts';
import { attemptOf, testConfig } from '../../../test/support/step-attempt.ts';
import { until } from '../../../test/support/until.ts';
import type { AgentSpec } from '../../plan/plan.ts';
import { StepFailure } from '../step-failure.ts';
import { performAgent } from './agent.ts';
import { createProviders } from './providers/index.ts';

let vendor: FakeOpenAi;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
});
afterAll(() => vendor.stop());

const spec = (over: Partial<AgentSpec> = {}): AgentSpec => ({
  kind: 'agent',
  agent: 'security',
  prompt: { $text: ['Audit: ', { $expr: 'inputs.diff' }] },
  model: 'compatible/some-model',
  outputSchema: null,
  temperature: null,
  maxOutputTokens: null,
  ...over,
});

function perform(
  over: Partial<AgentSpec> = {},
  options: Parameters<typeof attemptOf>[1] = {},
  baseUrl = vendor.url,
) {
  const config = testConfig({ BATON_COMPATIBLE_BASE_URL: baseUrl, BATON_COMPATIBLE_API_KEY: 'sk-test' });
  const settings = { config, env: {} };
  return performAgent(
    settings,
    createProviders(settings, undefined),
  )(attemptOf(spec(over), { inputs: { diff: '+ eval(x)' }, ...options }));
}

async function failure(ending: Promise<unknown>): Promise<StepFailure> {
  const error = await ending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepFailure);
  return error as StepFailure;
}

describe('agent: one call through the real client', () => {
  it('sends role, prompt and settings once, with the key', async () => {
    const before = vendor.calls.length;
    await perform({ temperature: 0.2, maxOutputTokens: 99 });
    const sent = vendor.calls.slice(before);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ model: 'some-model', authorization: 'Bearer sk-test' });
    expect(sent[0]?.body).toMatchObject({ temperature: 0.2, max_tokens: 99 });
    expect(sent[0]?.messages).toEqual([
      { role: 'system', content: expect.stringContaining('application security engineer') },
      { role: 'user', content: 'Audit: + eval(x)' },
    ]);
  });

  it('answers with text, usage and a session that all attempts share', async () => {
    vendor.next({
      reply: 'unsafe',
      model: 'some-model-7',
      usage: { input: 50, output: 9, cached: 20, reasoning: 4 },
    });
    const { value, usage, session } = await perform();
    expect(value).toBe('unsafe');
    expect(usage).toMatchObject({
      provider: 'compatible',
      requestedModel: 'some-model',
      model: 'some-model-7',
      inputTokens: 50,
      cacheReadTokens: 20,
      outputTokens: 9,
      reasoningTokens: 4,
      totalTokens: 59,
      costMicros: null,
      finishReason: 'stop',
    });
    expect(session).toEqual({
      id: expect.stringMatching(/^ses_[0-9a-f]{24}$/),
      name: 'security: Do the work',
    });
    const second = await perform({}, { input: { idempotencyKey: 'run-1/0/work/2' } });
    expect(second.session).toEqual(session);
  });

  it('lets an agent that nobody described speak for its role', async () => {
    await perform({ agent: 'astrologer' });
    expect(vendor.calls.at(-1)?.messages[0]?.content).toContain('"astrologer" agent');
  });

  it('answers with the value that output_schema asks for', async () => {
    vendor.next({ reply: '{"severity":"high"}' });
    const { value } = await perform({ outputSchema: { type: 'object', required: ['severity'] } });
    expect(value).toEqual({ severity: 'high' });
    expect(vendor.calls.at(-1)?.messages[0]?.content).toContain('"required":["severity"]');
  });

  it('says what a bad answer has cost', async () => {
    vendor.next({ reply: 'no idea', usage: { input: 5, output: 2 } });
    const error = await failure(perform({ outputSchema: { type: 'object' } }));
    expect(error).toMatchObject({
      code: 'model_output_invalid',
      details: { usage: { totalTokens: 7 }, session: {} },
    });
  });

  it('calls nobody when output_schema itself is wrong', async () => {
    const before = vendor.calls.length;
    expect((await failure(perform({ outputSchema: { type: 'nonsense' } }))).code).toBe(
      'model_output_invalid',
    );
    expect(vendor.calls).toHaveLength(before);
  });

  it('hangs up at the abort', async () => {
    vendor.next({ delayMs: 60_000 });
    const stop = new AbortController();
    const before = vendor.calls.length;
    const ending = perform({}, { signal: stop.signal });
    await until(() => vendor.calls.length > before);
    stop.abort(new Error('enough'));
    await expect(ending).rejects.toThrow('enough');
    await until(() => vendor.calls.at(-1)?.aborted);
  });
});

describe('agent: what goes wrong at the vendor', () => {
  it.each([
    [400, 'model_error', false],
    [401, 'model_unauthorized', undefined],
    [403, 'model_unauthorized', undefined],
    [404, 'model_unknown', undefined],
    [408, 'model_error', undefined],
    [413, 'model_error', false],
    [422, 'model_error', false],
    [429, 'model_rate_limited', undefined],
    [500, 'model_error', undefined],
    [503, 'model_error', undefined],
    [529, 'model_error', undefined],
  ] as const)(
    'maps status %i to %s, retryable: %s, without a try of its own',
    async (status, code, retryable) => {
      const before = vendor.calls.length;
      vendor.next({ status });
      const error = await failure(perform());
      expect(error.code).toBe(code);
      expect(error.details.retryable).toBe(retryable);
      expect(error.details.session).toBeDefined();
      expect(vendor.calls).toHaveLength(before + 1);
    },
  );

  it('hands on Retry-After', async () => {
    vendor.next({ status: 429, retryAfter: '3' });
    expect((await failure(perform())).details.retryAfterMs).toBe(3_000);
  });

  it.each([
    ['garbage', { garbage: '<html>502</html>' }],
    ['JSON that is no completion', { garbage: '{"hello":"world"}' }],
    ['half an answer', { half: true, reply: 'x'.repeat(1_000) }],
    ['an empty answer', { reply: '' }],
  ])('makes %s a model_error', async (_, answer) => {
    vendor.next(answer);
    expect((await failure(perform())).code).toBe('model_error');
  });

  it('makes a withheld answer a refusal, with what it cost', async () => {
    vendor.next({ finishReason: 'content_filter', reply: '', usage: { input: 3, output: 0 } });
    const error = await failure(perform());
    expect(error).toMatchObject({ code: 'model_refused', details: { usage: { totalTokens: 3 } } });
  });

  it("makes a connection that breaks before any answer the machinery's failure", async () => {
    vendor.next({ reset: true });
    expect((await failure(perform())).code).toBe('connection_refused');
  });

  it("makes a server that is not there the machinery's failure", async () => {
    const gone = await startFakeOpenAi();
    await gone.stop();
    expect((await failure(perform({}, {}, gone.url))).code).toBe('connection_refused');
  });
});
