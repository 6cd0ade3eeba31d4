/** The vendors' own formats: streams as they send them, and what becomes of them. Their failures: vendor-failure.test.ts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { CancelledFailure } from '@temporalio/common';
import { streamText } from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { modelRequest } from '../../../../test/support/model-request.ts';
import type { AssistantCall } from '../../../protocol/session.ts';
import { usageOf } from '../usage.ts';
import { listeningFetch } from './listening-fetch.ts';
import type { Message } from './provider.ts';
import { watchSilence } from './silence.ts';
import { vendorMessages } from './vendor-messages.ts';
import { readStream } from './vendor-stream.ts';
import { vendorTools } from './vendor-tools.ts';
import { vendorCall } from './vendors.ts';

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}
const events = (...list: readonly Event[]) =>
  list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

const anthropic = (stopReason: string, ...blocks: readonly Event[]) =>
  events(
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-5',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 5,
          cache_creation_input_tokens: 2,
          output_tokens: 1,
        },
      },
    },
    ...blocks,
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 3 },
    },
    { type: 'message_stop' },
  );

const block = (index: number, start: object, ...deltas: readonly object[]) => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const text = { type: 'text_delta', text: 'hello' };

const ANTHROPIC_TEXT = anthropic('end_turn', ...block(0, { type: 'text', text: '' }, text));
const ANTHROPIC_TOOLS = anthropic(
  'tool_use',
  ...block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'I must look.' },
    { type: 'signature_delta', signature: 'c2lnbmVk' },
  ),
  ...block(1, { type: 'text', text: '' }, text),
  ...block(
    2,
    { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: {} },
    { type: 'input_json_delta', partial_json: '{"path":' },
    { type: 'input_json_delta', partial_json: '"a.txt"}' },
  ),
);

const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' };
const OPENAI_TEXT = events(
  { type: 'response.created', response: { id: 'resp_1', created_at: 1, model: 'gpt-5.4' } },
  { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
  { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta: 'hello' },
  { type: 'response.output_item.done', output_index: 0, item: { ...message, content: [] } },
  {
    type: 'response.completed',
    response: {
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 1 },
      },
    },
  },
);

const GOOGLE_EVENT = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'hello' }] }, finishReason: 'STOP' }],
  usageMetadata: {
    promptTokenCount: 10,
    cachedContentTokenCount: 4,
    candidatesTokenCount: 2,
    thoughtsTokenCount: 3,
  },
};
const GOOGLE_TEXT = `data: ${JSON.stringify(GOOGLE_EVENT)}\n\n`;

const seen: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[] = [];
/** Bodies as they came. */
const raw: string[] = [];
let next = '';
/** The connection stays open after what is sent. */
let open = false;
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = await textOf(request);
  raw.push(sent);
  seen.push({ headers: request.headers, body: JSON.parse(sent) as Record<string, unknown> });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(next);
  if (!open) response.end();
}
let base: string;
const server = createServer((request, response) => void handle(request, response));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  vi.stubEnv('ANTHROPIC_BASE_URL', base);
  vi.stubEnv('OPENAI_BASE_URL', base);
});
beforeEach(() => {
  open = false;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const config = { BATON_MODEL_IDLE_SECONDS: 120 };
const env = { ANTHROPIC_API_KEY: 'sk-mine', OPENAI_API_KEY: 'sk-mine' };
const tools = [
  { name: 'read_file', description: 'Reads a file.', inputSchema: { type: 'object', properties: {} } },
];

describe('vendors', () => {
  it.each([
    [
      'anthropic',
      'claude-sonnet-5',
      ANTHROPIC_TEXT,
      { input: 17, output: 3, cacheRead: 5, cacheWrite: 2, reasoning: 0 },
      'x-api-key',
    ],
    [
      'openai',
      'gpt-5.4',
      OPENAI_TEXT,
      { input: 10, output: 3, cacheRead: 4, cacheWrite: 0, reasoning: 1 },
      'authorization',
    ],
  ] as const)('%s: key, text, tokens and a price', async (provider, model, stream, tokens, keyHeader) => {
    next = stream;
    const chunks: string[] = [];
    const requested = { provider, model };
    const onChunk = (chunk: string) => void chunks.push(chunk);
    const answer = await vendorCall(provider, { config, env })(modelRequest({ model: requested, onChunk }));
    expect(answer).toMatchObject({ text: 'hello', model, tokens, finishReason: 'stop', calls: [] });
    expect(chunks).toEqual(['hello']);
    expect(answer.firstTokenMs).toBeGreaterThanOrEqual(0);
    expect(seen.at(-1)?.headers[keyHeader]).toContain('sk-mine');
    expect(usageOf({ ...answer, requested, durationMs: 1 }).costMicros).toBeGreaterThan(0);
  });

  it('write and are sent whole numbers of any size', async () => {
    const id = '7615917337495251231';
    const arguments_ = [
      { type: 'input_json_delta', partial_json: `{"id":${id.slice(0, 5)}` },
      { type: 'input_json_delta', partial_json: `${id.slice(5)}}` },
    ];
    const use = { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: {} };
    const thought = { type: 'thinking', thinking: '', signature: '' };
    const signature = { type: 'signature_delta', signature: 'c2lnbmVk' };
    next = anthropic('tool_use', ...block(0, thought, signature), ...block(1, use, ...arguments_));
    const model = { provider: 'anthropic', model: 'claude-sonnet-5' } as const;
    const asked = vendorCall('anthropic', { config, env });
    const { calls, native } = await asked(modelRequest({ model, tools }));
    expect(calls).toEqual([{ id: 'toolu_1', name: 'read_file', input: { id: BigInt(id) } }]);
    const [call] = calls as [AssistantCall];
    const results = [{ call: 'toolu_1', name: 'read_file', output: { got: BigInt(id) }, isError: false }];
    const messagesOf = (provider: string): Message[] => [
      { role: 'user', text: 'look' },
      { role: 'assistant', text: '', calls: [call], provider, native },
      { role: 'tool', results },
    ];
    for (const provider of ['anthropic', 'openai']) {
      next = ANTHROPIC_TEXT;
      await asked(modelRequest({ model, tools, messages: messagesOf(provider) }));
      expect(raw.at(-1)).toContain(`"input":{"id":${id}}`);
      expect(raw.at(-1)).toContain(`{\\"got\\":${id}}`);
    }
  });

  it('get their own form of an answer back, others get text and calls', async () => {
    next = ANTHROPIC_TOOLS;
    const model = { provider: 'anthropic', model: 'claude-sonnet-5' } as const;
    const anthropicCall = vendorCall('anthropic', { config, env });
    const { text: said, calls, native } = await anthropicCall(modelRequest({ model, tools }));
    expect(calls).toEqual([{ id: 'toolu_1', name: 'read_file', input: { path: 'a.txt' } }]);

    const call = { id: 'toolu_1', name: 'read_file', input: { path: 'a.txt' } };
    const messages: Message[] = [
      { role: 'user', text: 'look' },
      { role: 'assistant', text: said, calls: [call], provider: 'anthropic', native },
      {
        role: 'tool',
        results: [{ call: 'toolu_1', name: 'read_file', output: { lines: 3 }, isError: false }],
      },
    ];
    next = ANTHROPIC_TEXT;
    await anthropicCall(modelRequest({ model, tools, messages }));
    expect(seen.at(-1)?.body['messages']).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'I must look.', signature: 'c2lnbmVk' },
          { type: 'text', text: 'hello' },
          { type: 'tool_use', id: 'toolu_1', input: { path: 'a.txt' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', cache_control: { type: 'ephemeral' } }],
      },
    ]);

    next = OPENAI_TEXT;
    const other = { provider: 'openai', model: 'gpt-5.4' } as const;
    await vendorCall('openai', { config, env })(modelRequest({ model: other, tools, messages }));
    expect(seen.at(-1)?.body['store']).toBe(false);
    const input = seen.at(-1)?.body['input'];
    expect(input).toContainEqual(
      expect.objectContaining({ type: 'function_call_output', call_id: 'toolu_1', output: '{"lines":3}' }),
    );
    expect(JSON.stringify(input)).not.toContain('I must look.');
  });

  it.each([
    [
      'anthropic',
      'claude-sonnet-5',
      ANTHROPIC_TEXT.slice(0, ANTHROPIC_TEXT.indexOf('event: content_block_stop')),
      expect.objectContaining({
        ...{ inputTokens: 17, outputTokens: 1, cacheReadTokens: 5, cacheWriteTokens: 2, finishReason: null },
        costMicros: expect.any(Number),
      }),
    ],
    [
      'openai',
      'gpt-5.4',
      OPENAI_TEXT.slice(0, OPENAI_TEXT.indexOf('event: response.output_item.done')),
      undefined,
    ],
  ] as const)('%s: a call that is stopped says what the vendor had told of its usage', async (...row) => {
    const [provider, model, stream, usage] = row;
    next = stream;
    open = true;
    const stop = new AbortController();
    const onChunk = () => stop.abort(new CancelledFailure('stop'));
    const error = await vendorCall(provider, { config, env })(
      modelRequest({ model: { provider, model }, onChunk, signal: stop.signal }),
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CancelledFailure);
    const [details] = (error as CancelledFailure).details as { usage?: object }[];
    expect(details?.usage).toEqual(usage);
  });

  const half = { role: 'assistant', text: 'Once upon', calls: [], provider: 'x', native: null } as const;
  const interrupted: Message[] = [
    { role: 'user', text: 'Tell a story.' },
    { role: 'user', text: 'A short one.' },
    half,
    { role: 'user', text: 'You were interrupted.' },
    { role: 'user', text: 'Make it sad.' },
  ];

  it.each([
    ['anthropic', 'claude-sonnet-5', ANTHROPIC_TEXT, 'messages'],
    ['openai', 'gpt-5.4', OPENAI_TEXT, 'input'],
  ] as const)('%s: gets one message of what people say in a row', async (provider, model, stream, where) => {
    next = stream;
    const request = modelRequest({ model: { provider, model }, messages: interrupted });
    await vendorCall(provider, { config, env })(request);
    const sent = seen.at(-1)?.body[where] as readonly { readonly role: string }[];
    const roles = sent.map(({ role }) => role).filter((role) => role !== 'system' && role !== 'developer');
    expect(roles).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(sent.at(-1))).toContain('You were interrupted.\\n\\nMake it sad.');
    expect(JSON.stringify(sent.at(-2))).toContain('Once upon');
  });

  it('google: gets one message of what people say in a row', async () => {
    next = GOOGLE_TEXT;
    const model = createGoogleGenerativeAI({ apiKey: 'sk-mine', baseURL: base })('gemini-3-pro');
    await streamText({ model, messages: vendorMessages(modelRequest({ messages: interrupted })) }).text;
    expect(seen.at(-1)?.body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'Tell a story.\n\nA short one.' }] },
      { role: 'model', parts: [{ text: 'Once upon' }] },
      { role: 'user', parts: [{ text: 'You were interrupted.\n\nMake it sad.' }] },
    ]);
  });

  it('google: whole numbers of any size, whose arguments come as data', async () => {
    const functionCall = { name: 'read_file', args: { id: 0 } };
    const content = { parts: [{ functionCall }], role: 'model' };
    const event = { ...GOOGLE_EVENT, candidates: [{ content, finishReason: 'STOP' }] };
    next = `data: ${JSON.stringify(event).replace('"id":0', '"id":7615917337495251231')}\n\n`;
    const fetch = listeningFetch({ silence: watchSilence(0), onEvent: () => undefined });
    const model = createGoogleGenerativeAI({ apiKey: 'sk-mine', baseURL: base, fetch })('gemini-3-pro');
    const offered = vendorTools(tools, { provider: 'google', model: 'gemini-3-pro' });
    const { fullStream } = streamText({ model, tools: offered, prompt: 'look' });
    const { calls } = await readStream(fullStream, () => undefined);
    expect(calls).toMatchObject([{ name: 'read_file', input: { id: 7615917337495251231n } }]);
  });

  it('fails when a stream ends before its end, though politely', async () => {
    next = ANTHROPIC_TEXT.slice(0, ANTHROPIC_TEXT.indexOf('event: message_delta'));
    const model = { provider: 'anthropic', model: 'claude-sonnet-5' } as const;
    await expect(vendorCall('anthropic', { config, env })(modelRequest({ model }))).rejects.toMatchObject({
      code: 'model_error',
      message: expect.stringContaining('broke off'),
    });
  });
});
