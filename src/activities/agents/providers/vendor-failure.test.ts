/** What a vendor may do instead of answering, through the real client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeOpenAi, type FakeOpenAi } from '../../../../test/support/fake-openai.ts';
import { modelRequest } from '../../../../test/support/model-request.ts';
import { until } from '../../../../test/support/until.ts';
import { FAILURES } from '../../../protocol/failure.ts';
import { StepFailure } from '../../step-failure.ts';
import { ask } from '../ask.ts';
import type { Providers } from './index.ts';
import { vendorCall } from './vendors.ts';

let vendor: FakeOpenAi;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
});
afterAll(() => vendor.stop());

const call = (request = modelRequest(), url = vendor.url, idle = 120) =>
  vendorCall('compatible', {
    config: { BATON_COMPATIBLE_BASE_URL: url, BATON_MODEL_IDLE_SECONDS: idle },
    env: {},
  })(request);

async function failure(ending: Promise<unknown>): Promise<StepFailure> {
  const error = await ending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepFailure);
  return error as StepFailure;
}

describe('a vendor that says no', () => {
  it.each([
    [400, undefined, 'model_error', false],
    [400, 'context_length_exceeded', 'prompt_too_large', undefined],
    [401, undefined, 'model_unauthorized', undefined],
    [403, undefined, 'model_unauthorized', undefined],
    [404, undefined, 'model_unknown', undefined],
    [408, undefined, 'model_error', undefined],
    [413, undefined, 'prompt_too_large', undefined],
    [422, undefined, 'model_error', false],
    [429, undefined, 'model_rate_limited', undefined],
    [500, undefined, 'model_error', undefined],
    [503, undefined, 'model_error', undefined],
    [529, undefined, 'model_error', undefined],
  ] as const)(
    'with status %i and code %s: %s, retryable %s, without a try of its own',
    async (status, code, expected, retryable) => {
      const before = vendor.requests.length;
      vendor.next({ status, ...(code === undefined ? {} : { code }) });
      const error = await failure(call());
      expect([error.code, error.details.retryable]).toEqual([expected, retryable]);
      expect(error.message).toContain(`compatible/some-model: ${status}`);
      expect(vendor.requests).toHaveLength(before + 1);
    },
  );

  it('and asks to wait', async () => {
    vendor.next({ status: 429, retryAfter: '3' });
    expect((await failure(call())).details.retryAfterMs).toBe(3_000);
  });

  it.each([
    ['server_error', 'model_error'],
    ['context_length_exceeded', 'prompt_too_large'],
  ])('in the middle of its stream with code %s: %s', async (code, expected) => {
    vendor.next({ chunks: ['so far'], streamError: code });
    expect(await failure(call())).toMatchObject({
      code: expected,
      message: expect.stringContaining('fake error'),
    });
  });
});

describe('a model that refuses', () => {
  const providers: Providers = () => call;

  it.each([
    [
      'beside the content',
      { refusal: "I can't help with that." },
      /The model refused: "I can't help with that\."/,
    ],
    [
      'in the filter of its vendor',
      { reply: 'Let me', finishReason: 'content_filter' },
      /filter withheld the answer: "Let me"/,
    ],
    ['with a reason of its own', { reply: '', finishReason: 'SAFETY' }, /content filter withheld/],
    ['without words', { reply: '', finishReason: 'content_filter' }, /content filter withheld/],
  ] as const)('%s is asked once, told with its words, and paid', async (_, answer, message) => {
    const before = vendor.requests.length;
    vendor.next({ ...answer, usage: { input: 7, output: 2 } });
    const thrown = await failure(ask(modelRequest(), providers));
    expect(thrown).toMatchObject({
      code: 'model_refused',
      message: expect.stringMatching(message) as string,
      details: { usage: { totalTokens: 9 } },
    });
    expect(FAILURES.model_refused.retryable).toBe(false);
    expect(vendor.requests).toHaveLength(before + 1);
  });
});

describe('a vendor that falls silent', () => {
  it.each([
    ['in the middle of its answer', 1, '0.5 s', 'so '],
    ['before its first byte, which may take five times as long', 0, '2.5 s', ''],
  ])('%s is given up', async (_, silentAfter, limit, said) => {
    // Once more where this process, and with it the vendor, stood still for longer than the limit.
    await until(async () => {
      vendor.next({ chunks: ['so ', 'far'], silentAfter });
      let heard = '';
      const onChunk = (text: string) => void (heard += text);
      expect(await failure(call(modelRequest({ onChunk }), vendor.url, 0.5))).toMatchObject({
        code: 'model_error',
        message: expect.stringContaining(`said nothing for ${limit}`) as string,
      });
      expect(heard).toBe(said);
      return true;
    });
    await until(() => vendor.requests.at(-1)?.aborted);
  });

  it('but keeps its connection open is waited for', async () => {
    // Once more where this process, and with it the vendor, stood still for a second.
    const { stop, ending } = await until(async () => {
      const at = vendor.requests.length;
      vendor.next({ chunks: ['so ', 'far'], silentAfter: 1, pings: true });
      const stop = new AbortController();
      const ending = call(modelRequest({ signal: stop.signal }), vendor.url, 1);
      let isOver = false;
      ending.catch(() => (isOver = true));
      // Three times as long as the silence that would end it.
      await until(() => isOver || (vendor.requests[at]?.pings ?? 0) >= 150);
      return !isOver && { stop, ending };
    });
    stop.abort(new Error('enough'));
    await expect(ending).rejects.toThrow('enough');
  });
});

it.each([
  [429, { error: { message: 'Provider busy', code: 429 } }, 'model_rate_limited'],
  [500, { error: { message: 'Provider gone' } }, 'model_error'],
  [400, { error: { message: 'maximum context length is 8192 tokens', code: 400 } }, 'prompt_too_large'],
])('an error %i in JSON under status 200 is one', async (status, errorBody, code) => {
  vendor.next({ status: 200, errorBody });
  expect(await failure(call())).toMatchObject({
    code,
    message: expect.stringContaining(`${status} ${errorBody.error.message}`) as string,
  });
});

it('a page of HTML is not told, a plain text is', async () => {
  vendor.next(
    { status: 502, errorBody: '<html><body>Bad gateway</body></html>' },
    { status: 502, errorBody: 'no upstream' },
  );
  expect((await failure(call())).message).toBe('compatible/some-model: 502 Bad Gateway');
  expect((await failure(call())).message).toBe('compatible/some-model: 502 no upstream');
});

describe('a vendor that does not answer properly', () => {
  it.each([
    ['garbage', { garbage: '<html>502</html>' }],
    ['an event that is garbage', { garbage: 'data: {broken\n\n' }],
    ['an event that is no completion', { garbage: 'data: {"hello":"world"}\n\n' }],
    ['nothing at all', { garbage: '' }],
    ['half a stream that breaks', { half: 'reset', chunks: ['x'.repeat(500), 'y'.repeat(500)] }],
    ['half a stream that ends', { half: 'end', chunks: ['x'.repeat(500), 'y'.repeat(500)] }],
    [
      'half a call of a tool',
      { half: 'end', toolCalls: [{ name: 'read_file', arguments: { path: 'x'.repeat(900) } }] },
    ],
  ] as const)('but sends %s', async (_, answer) => {
    vendor.next(answer);
    expect((await failure(call())).code).toBe('model_error');
  });

  it.each([
    ['values', `data: {"choices": [${'[],'.repeat(1_100_000)}`, /more than 1000000 values/],
    ['levels', `data: {"choices": ${'['.repeat(1_000)}`, /more than 200 levels/],
    ['values in a text', `data: {"arguments": "[${'[],'.repeat(1_100_000)}`, /more than 1000000 values/],
    ['bytes', `data: "${'x'.repeat(17 * 1024 * 1024)}`, /more than 16777216 bytes/],
  ])('but sends too many %s', async (_, garbage, message) => {
    vendor.next({ garbage });
    expect(await failure(call())).toMatchObject({
      code: 'model_error',
      message: expect.stringMatching(message) as string,
    });
  });

  it('has its consumption on record if it told it', async () => {
    vendor.next({ chunks: ['so far'], streamError: 'server_error', usage: { input: 7, output: 2 } });
    const { details } = await failure(call());
    expect(details.usage).toMatchObject({ totalTokens: 9, provider: 'compatible' });
  });

  it('because the connection breaks before', async () => {
    vendor.next({ reset: true });
    expect((await failure(call())).code).toBe('connection_refused');
  });

  it('because nobody is there', async () => {
    const gone = await startFakeOpenAi();
    await gone.stop();
    expect((await failure(call(undefined, gone.url))).code).toBe('connection_refused');
  });
});

it('hangs up at the abort, with its reason', async () => {
  vendor.next({ delayMs: 60_000 });
  const stop = new AbortController();
  const before = vendor.requests.length;
  const ending = call(modelRequest({ signal: stop.signal }));
  await until(() => vendor.requests.length > before);
  stop.abort(new Error('enough'));
  await expect(ending).rejects.toThrow('enough');
  await until(() => vendor.requests.at(-1)?.aborted);
});
