/**
 * A server that looks like OpenAI's chat completions (plain and streamed) and does what a test tells it, so that the
 * real client code runs. It records every call.
 *
 *     const vendor = await startFakeOpenAi();
 *     vendor.next({ reply: 'hello', usage: { input: 10, output: 2 } }, { status: 429, retryAfter: '3' });
 *     … BATON_COMPATIBLE_BASE_URL=vendor.url …
 *     expect(vendor.calls).toHaveLength(2);
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the server does with one call. Without anything it answers `ok`. */
interface FakeAnswer {
  readonly reply?: string;
  /** `reply` in pieces, for streams; plain answers join them. */
  readonly chunks?: readonly string[];
  readonly model?: string;
  readonly finishReason?: 'stop' | 'length' | 'content_filter';
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly reasoning?: number;
  };
  /** ms before anything is sent. */
  readonly delayMs?: number;
  /** Answers with an error of this status. */
  readonly status?: number;
  /** Header Retry-After. */
  readonly retryAfter?: string;
  /** Sent as it is instead of an answer, with status 200. */
  readonly garbage?: string;
  /** Sends half of the answer and breaks the connection. */
  readonly half?: boolean;
  /** Breaks the connection before any answer. */
  readonly reset?: boolean;
}

/** One call as it came. */
interface FakeCall {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream: boolean;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** True once the client has hung up before the answer was complete. */
  aborted: boolean;
}

export interface FakeOpenAi {
  /** Base URL, with `/v1`. */
  readonly url: string;
  readonly calls: readonly FakeCall[];
  /** Answers for the next calls, in order; afterwards the default holds again. */
  next(...answers: readonly FakeAnswer[]): void;
  /** The answer to every call that `next` does not cover. */
  always(answer: FakeAnswer | ((call: FakeCall) => FakeAnswer)): void;
  stop(): Promise<void>;
}

/** Starts it on a free port of the loopback interface. */
export async function startFakeOpenAi(): Promise<FakeOpenAi> {
  const calls: FakeCall[] = [];
  const queue: FakeAnswer[] = [];
  let fallback: (call: FakeCall) => FakeAnswer = () => ({});
  const server = createServer((request, response) => {
    void handle(request, response, (call) => {
      calls.push(call);
      return queue.shift() ?? fallback(call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    next: (...answers) => void queue.push(...answers),
    always: (answer) => {
      fallback = typeof answer === 'function' ? answer : () => answer;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answerFor: (call: FakeCall) => FakeAnswer,
): Promise<void> {
  const call = await readCall(request);
  response.on('close', () => {
    call.aborted = !response.writableFinished;
  });
  const answer = answerFor(call);
  if (answer.delayMs !== undefined) await sleep(answer.delayMs);
  if (answer.reset) return void request.socket.destroy();
  if (answer.status !== undefined) return sendError(response, answer);
  if (answer.garbage !== undefined) return send(response, 'application/json', answer.garbage);
  const [type, body] = call.stream
    ? ['text/event-stream', streamOf(call, answer)]
    : ['application/json', JSON.stringify(completionOf(call, answer))];
  if (answer.half) return sendHalf(response, type, body);
  send(response, type, body);
}

async function readCall(request: IncomingMessage): Promise<FakeCall> {
  const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
  return {
    model: String(body['model']),
    messages: (body['messages'] ?? []) as FakeCall['messages'],
    stream: body['stream'] === true,
    authorization: request.headers.authorization,
    body,
    aborted: false,
  };
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

function sendHalf(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

function sendError(response: ServerResponse, { status = 500, retryAfter }: FakeAnswer): void {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  };
  response.writeHead(status, headers);
  response.end(JSON.stringify({ error: { message: `fake error ${status}`, type: 'fake', code: null } }));
}

function completionOf(call: FakeCall, answer: FakeAnswer): object {
  return {
    ...head(call, answer, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: replyOf(answer) },
        finish_reason: answer.finishReason ?? 'stop',
      },
    ],
    ...usageOf(answer),
  };
}

function streamOf(call: FakeCall, answer: FakeAnswer): string {
  const chunk = (delta: object, finish: string | null) => ({
    ...head(call, answer, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const pieces = (answer.chunks ?? [replyOf(answer)]).map((content) =>
    chunk({ role: 'assistant', content }, null),
  );
  const last = { ...chunk({}, answer.finishReason ?? 'stop'), ...usageOf(answer) };
  return [...pieces, last].map((data) => `data: ${JSON.stringify(data)}\n\n`).join('') + 'data: [DONE]\n\n';
}

function head(call: FakeCall, answer: FakeAnswer, object: string): object {
  return { id: 'chatcmpl-fake', object, created: 1_700_000_000, model: answer.model ?? call.model };
}

function replyOf(answer: FakeAnswer): string {
  return answer.reply ?? answer.chunks?.join('') ?? 'ok';
}

function usageOf({ usage }: FakeAnswer): object {
  if (usage === undefined) return {};
  const { input, output, cached = 0, reasoning = 0 } = usage;
  return {
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  };
}
