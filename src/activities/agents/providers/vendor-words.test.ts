/** Errors of vendors and servers as they were seen to write them, through the real client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi } from '../../../../test/support/fake-openai.ts';
import { modelRequest } from '../../../../test/support/model-request.ts';
import { FAILURES } from '../../../protocol/failure.ts';
import { StepFailure } from '../../step-failure.ts';
import { vendorCall } from './vendors.ts';

let vendor: FakeOpenAi;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
});
afterAll(() => vendor.stop());

const call = () =>
  vendorCall('compatible', {
    config: { BATON_COMPATIBLE_BASE_URL: vendor.url, BATON_MODEL_IDLE_SECONDS: 120 },
    env: {},
  })(modelRequest());

async function failure(ending: Promise<unknown>): Promise<StepFailure> {
  const error = await ending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepFailure);
  return error as StepFailure;
}

const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

/** As vendors and servers were seen to write it. */
const BEYOND_THE_WINDOW: readonly (readonly [string, number, unknown])[] = [
  ['OpenAI', 400, error('Too long.', { type: 'invalid_request_error', code: 'context_length_exceeded' })],
  ['OpenAI, Responses', 400, error('Your input exceeds the context window of this model.')],
  ['OpenAI, a minute', 429, error('Request too large for gpt-5.4 on tokens per min (TPM): Limit 30000')],
  [
    'OpenAI, a field',
    400,
    error("Invalid 'messages[1].content': string too long.", { code: 'string_above_max_length' }),
  ],
  [
    'Anthropic',
    400,
    error('prompt is too long: 213462 tokens > 200000 maximum', { type: 'invalid_request_error' }),
  ],
  [
    'Anthropic',
    413,
    { type: 'error', ...error('Request exceeds the maximum size', { type: 'request_too_large' }) },
  ],
  [
    'Google',
    400,
    error('The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).', {
      code: 400,
      status: 'INVALID_ARGUMENT',
    }),
  ],
  [
    'llama.cpp',
    400,
    error('the request exceeds the available context size, try increasing it', {
      code: 400,
      type: 'exceed_context_size_error',
    }),
  ],
  [
    'llama.cpp, before',
    500,
    error('the request exceeds the available context size. try increasing the context size'),
  ],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens",
      code: 400,
    },
  ],
  ['vLLM', 400, error('The decoder prompt (length 10127) is longer than the maximum model length of 8192.')],
  ['Ollama', 400, { error: 'prompt too long; exceeded max context length by 4096 tokens' }],
  [
    'LM Studio',
    400,
    {
      error:
        'Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of 4096: tokens to keep from the initial prompt is greater than the context length',
    },
  ],
  [
    'OpenRouter',
    400,
    error('Provider returned error', {
      code: 400,
      metadata: { raw: '{"error":{"message":"This endpoint\'s maximum context length is 8192 tokens"}}' },
    }),
  ],
  [
    'Groq',
    413,
    error('Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000', {
      code: 'rate_limit_exceeded',
    }),
  ],
  ['Groq', 400, error('Please reduce the length of the messages or completion.')],
  [
    'Mistral',
    400,
    {
      object: 'error',
      message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_error',
    },
  ],
  [
    'xAI',
    400,
    { error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
  ],
  [
    'Together',
    422,
    error("The input (90000 tokens) is longer than the model's context length (8192 tokens)."),
  ],
  [
    'Text Generation Inference',
    422,
    { error: 'Input validation error: `inputs` must have less than 4096 tokens. Given: 9000' },
  ],
  ['Moonshot', 400, error('Your request exceeded model token limit: 262144 (requested: 300000)')],
  ['DashScope', 400, error('Range of input length should be [1, 30720]')],
];

describe('a prompt beyond the window', () => {
  it.each(BEYOND_THE_WINDOW)('is known from %s, status %i', async (_, status, errorBody) => {
    vendor.next({ status, errorBody });
    expect(await failure(call())).toMatchObject({ code: 'prompt_too_large' });
  });

  it.each([
    [
      'too many tokens in a minute',
      429,
      error('Rate limit reached: too many tokens per minute'),
      'model_rate_limited',
    ],
    [
      'an id',
      400,
      error("Invalid 'input[95].call_id': string too long.", { code: 'string_above_max_length' }),
      'model_error',
    ],
    ['another fault', 400, error('tool_choice is not supported'), 'model_error'],
  ] as const)('is not seen in %s', async (_, status, errorBody, code) => {
    vendor.next({ status, errorBody });
    expect((await failure(call())).code).toBe(code);
  });
});

describe('a vendor that will say no again', () => {
  it.each([
    [
      'quota',
      429,
      error('You exceeded your current quota, please check your plan and billing details.', {
        code: 'insufficient_quota',
      }),
      'model_unauthorized',
    ],
    [
      'credit',
      400,
      error('Your credit balance is too low to access the Anthropic API.', { type: 'invalid_request_error' }),
      'model_unauthorized',
    ],
    ['credit', 402, error('This request requires more credits'), 'model_unauthorized'],
    [
      'key',
      400,
      error('API key not valid.', { status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] }),
      'model_unauthorized',
    ],
    ['model', 400, error('The model `x` does not exist', { code: 'model_not_found' }), 'model_unknown'],
    ['policy', 400, error('The response was filtered', { code: 'content_filter' }), 'model_refused'],
  ] as const)(
    'because of its %s (%i) is not asked again, and its words are told',
    async (_, status, errorBody, code) => {
      vendor.next({ status, errorBody });
      const thrown = await failure(call());
      expect(FAILURES[thrown.code].retryable && thrown.details.retryable !== false).toBe(false);
      expect(thrown).toMatchObject({
        code,
        message: expect.stringContaining(errorBody.error.message) as string,
      });
    },
  );

  it.each([
    [
      'a limit of requests',
      429,
      error('slow down', { details: [{ retryDelay: '34.5s' }] }),
      'model_rate_limited',
      34_500,
    ],
    [
      'the same words for a while',
      429,
      error('You exceeded your current quota, please check your plan and billing details', {
        status: 'RESOURCE_EXHAUSTED',
      }),
      'model_rate_limited',
      undefined,
    ],
    ['an overload', 529, error('Overloaded', { type: 'overloaded_error' }), 'model_error', undefined],
  ] as const)('but %s passes', async (_, status, errorBody, code, wait) => {
    vendor.next({ status, errorBody });
    const thrown = await failure(call());
    expect([thrown.code, thrown.details]).toEqual([code, wait === undefined ? {} : { retryAfterMs: wait }]);
    expect(FAILURES[thrown.code].retryable).toBe(true);
  });
});
