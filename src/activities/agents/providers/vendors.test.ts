/** The vendors' own formats; failures of the client are in agent.test.ts, which runs the compatible one. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { usageOf } from '../usage.ts';
import { vendorCall } from './vendors.ts';

const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content: [{ type: 'text', text: 'hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, cache_read_input_tokens: 5, cache_creation_input_tokens: 2, output_tokens: 3 },
  },
  '/v1/responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'gpt-5.4',
    output: [
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'hello', annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
    },
  },
};

const seen: IncomingMessage['headers'][] = [];
const server = createServer((request, response) => {
  seen.push(request.headers);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(ANSWERS[request.url ?? '']));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  vi.stubEnv('ANTHROPIC_BASE_URL', base);
  vi.stubEnv('OPENAI_BASE_URL', base);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

it.each([
  [
    'anthropic',
    'claude-sonnet-5',
    { input: 17, output: 3, cacheRead: 5, cacheWrite: 2, reasoning: 0 },
    'x-api-key',
  ],
  ['openai', 'gpt-5.4', { input: 10, output: 3, cacheRead: 4, cacheWrite: 0, reasoning: 1 }, 'authorization'],
] as const)('%s: key, text, tokens and a price', async (provider, model, tokens, keyHeader) => {
  const call = vendorCall(provider, {
    config: {},
    env: { ANTHROPIC_API_KEY: 'sk-mine', OPENAI_API_KEY: 'sk-mine' },
  });
  const requested = { provider, model };
  const answer = await call({
    model: requested,
    system: 'be brief',
    prompt: 'say hello',
    temperature: null,
    maxOutputTokens: 50,
    signal: new AbortController().signal,
    caller: { workflow: 'demo', step: 'work', attempt: 1 },
  });
  expect(answer).toMatchObject({ text: 'hello', model, tokens, finishReason: 'stop' });
  expect(seen.at(-1)?.[keyHeader]).toContain('sk-mine');
  expect(usageOf({ ...answer, requested, durationMs: 1 }).costMicros).toBeGreaterThan(0);
});
