/**
 * A server that looks like OpenAI's chat completions (plain and streamed) and does what a test tells it, so that the
 * real client code runs. It records every request, and refuses with status 400 what the strictest of real servers refuse.
 *
 *     const vendor = await startFakeOpenAi({
 *       answer: ({ messages }) =>
 *         messages.length < 4
 *           ? { toolCalls: [{ name: 'read_file', arguments: { path: 'a.txt' } }] }
 *           : { reply: 'done', usage: { input: 10, output: 2 } },
 *     });
 *     vendor.next({ status: 429, retryAfter: '3' }); // for the next request only
 *     … BATON_COMPATIBLE_BASE_URL=vendor.url, model compatible/anything …
 *     expect(vendor.counts()).toEqual({ 'anything/2': 2, 'anything/4': 1 });
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatFaults } from './vendor-checks.ts';

/** What the server does with one request. Without anything it answers `ok`. */
export interface FakeAnswer {
  readonly reply?: string;
  /** The reply in pieces, for streams; plain answers join them. */
  readonly chunks?: readonly string[];
  /** Calls of tools, with or beside a reply. Arguments that are a string are sent as they are. */
  readonly toolCalls?: readonly {
    /** `call_N` unless told; null leaves it out. */
    readonly id?: string | null;
    readonly name: string;
    readonly arguments?: unknown;
  }[];
  readonly model?: string;
  readonly finishReason?: 'stop' | 'length' | 'content_filter' | 'tool_calls' | 'SAFETY';
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly reasoning?: number;
  };
  /** `usage` as it is sent instead, whatever it is. */
  readonly rawUsage?: unknown;
  /** Where a stream tells it: with the end, unless told in each event, or after the end in a chunk of its own. */
  readonly usageIn?: 'each' | 'after';
  /** Says this instead of an answer, beside the content. */
  readonly refusal?: string;
  /** Sends only so many events of a stream, and then nothing any more; `pings` sends comments from then on. */
  readonly silentAfter?: number;
  readonly pings?: boolean;
  /** The body of an error answer, instead of OpenAI's form. */
  readonly errorBody?: unknown;
  /** ms before anything is sent. */
  readonly delayMs?: number;
  /** Answers with an error of this status. */
  readonly status?: number;
  /** `error.code` of an error answer. */
  readonly code?: string;
  /** Header Retry-After. */
  readonly retryAfter?: string;
  /** Sent as it is instead of an answer, with status 200. */
  readonly garbage?: string;
  /** `reset`: sends half of the answer and breaks the connection; `end`: ends there as if that were all. */
  readonly half?: 'reset' | 'end';
  /** Streams only: awaited before each event is sent; n counts from 0, pieces of the text come first. */
  readonly gate?: (n: number) => Promise<unknown>;
  /** Sends an error with this code in the middle of a stream. */
  readonly streamError?: string;
  /** Breaks the connection before any answer. */
  readonly reset?: boolean;
}

/** One request as it came. */
export interface FakeRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
  readonly stream: boolean;
  readonly authorization: string | undefined;
  readonly traceparent?: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** True once the client has hung up before the answer was complete. */
  aborted: boolean;
  /** Comments that were sent to keep the connection open. */
  pings: number;
}

export type Answerer = (request: FakeRequest, n: number) => FakeAnswer | Promise<FakeAnswer>;

/** What is answered for each model; `n` counts the requests for it from 1. */
export type AnswersByModel = Record<string, Answerer>;

/** Answers as the model that is asked has it; `otherwise` for the others. Models may be added later. */
export function byModel(models: AnswersByModel, otherwise: FakeAnswer): Answerer {
  const asked = new Map<string, number>();
  return (request) => {
    const n = (asked.get(request.model) ?? 0) + 1;
    asked.set(request.model, n);
    return models[request.model]?.(request, n) ?? otherwise;
  };
}

export interface FakeOpenAi {
  /** Base URL, with `/v1`. */
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  /** How often each was asked: by `model/number of messages`, so that a turn that is paid twice counts two. */
  counts(nameOf?: (request: FakeRequest) => string): Record<string, number>;
  /** Answers for the next requests, in order; afterwards `answer` holds again. */
  next(...answers: readonly FakeAnswer[]): void;
  stop(): Promise<void>;
}

/**
 * Starts it on a free port of the loopback interface.
 *
 * @param options.answer what to answer; `n` counts requests from 1
 */
export async function startFakeOpenAi(options: { readonly answer?: Answerer } = {}): Promise<FakeOpenAi> {
  const { answer = () => ({}) } = options;
  const requests: FakeRequest[] = [];
  const queue: FakeAnswer[] = [];
  const server = createServer((incoming, response) => {
    void handle(incoming, response, (request) => {
      const n = requests.push(request);
      return queue.shift() ?? answer(request, n);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    counts: (nameOf = ({ model, messages }) => `${model}/${messages.length}`) => {
      const counts: Record<string, number> = {};
      for (const name of requests.map(nameOf)) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    },
    next: (...answers) => void queue.push(...answers),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  answerFor: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<void> {
  const request = await readRequest(incoming);
  response.on('close', () => {
    request.aborted = !response.writableFinished;
  });
  const [fault] = chatFaults(request.body);
  const answer = fault === undefined ? await answerFor(request) : await refused(fault, answerFor, request);
  if (answer.delayMs !== undefined) await sleep(answer.delayMs, undefined, { ref: false });
  if (answer.reset) return void incoming.socket.destroy();
  if (answer.status !== undefined) return sendError(response, answer);
  if (answer.silentAfter !== undefined) return sendAndFallSilent(request, response, answer);
  const type = request.stream ? 'text/event-stream' : 'application/json';
  if (answer.garbage !== undefined) return send(response, type, answer.garbage);
  if (answer.gate !== undefined) return sendGated(response, streamOf(request, answer), answer.gate);
  const body = request.stream ? streamOf(request, answer) : JSON.stringify(completionOf(request, answer));
  if (answer.half === 'end') return send(response, type, body.slice(0, body.length / 2));
  if (answer.half === 'reset') return sendHalf(response, type, body);
  send(response, type, body);
}

/** Counts as a request that was answered so. */
async function refused(
  fault: string,
  answerFor: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
  request: FakeRequest,
): Promise<FakeAnswer> {
  await answerFor(request);
  return {
    status: 400,
    errorBody: { error: { message: `Invalid ${fault}`, type: 'invalid_request_error' } },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const body = JSON.parse((await text(incoming)) || '{}') as Record<string, unknown>;
  const tools = (body['tools'] ?? []) as { function: { name: string } }[];
  return {
    model: String(body['model']),
    messages: (body['messages'] ?? []) as FakeRequest['messages'],
    tools: tools.map((tool) => tool.function.name),
    stream: body['stream'] === true,
    authorization: incoming.headers.authorization,
    traceparent: incoming.headers['traceparent']?.toString(),
    body,
    aborted: false,
    pings: 0,
  };
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

/** Each event of the stream when its gate is open. */
async function sendGated(
  response: ServerResponse,
  body: string,
  gate: NonNullable<FakeAnswer['gate']>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [n, event] of body.split(/(?<=\n\n)/).entries()) {
    await gate(n);
    response.write(event);
  }
  response.end();
}

/** Some events of the stream, and then nothing until the client hangs up. */
function sendAndFallSilent(request: FakeRequest, response: ServerResponse, answer: FakeAnswer): void {
  const { silentAfter = 0, pings } = answer;
  if (silentAfter > 0) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = streamOf(request, answer).split(/(?<=\n\n)/);
    response.write(events.slice(0, silentAfter).join(''));
  }
  if (pings !== true) return;
  const timer = setInterval(() => {
    response.write(': ping\n\n');
    request.pings += 1;
  }, 20);
  response.on('close', () => clearInterval(timer));
}

function sendHalf(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

function sendError(
  response: ServerResponse,
  { status = 500, retryAfter, code, errorBody }: FakeAnswer,
): void {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  };
  response.writeHead(status, headers);
  const body = errorBody ?? { error: errorOf(`fake error ${status}`, code) };
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function errorOf(message: string, code: string | undefined): object {
  return { message, type: 'fake', code: code ?? null };
}

function completionOf(request: FakeRequest, answer: FakeAnswer): object {
  const calls = toolCallsOf(answer);
  const message = {
    role: 'assistant',
    content: replyOf(answer),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    ...head(request, answer, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: finishOf(answer) }],
    ...usageOf(answer),
  };
}

function streamOf(request: FakeRequest, answer: FakeAnswer): string {
  const chunk = (delta: object, finish: string | null) => ({
    ...head(request, answer, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const reply = replyOf(answer);
  const texts = answer.chunks ?? (reply === '' ? [] : [reply]);
  const pieces = [
    ...texts.map((content) => chunk({ role: 'assistant', content }, null)),
    ...toolCallsOf(answer)
      .flatMap(callDeltas)
      .map((delta) => chunk({ tool_calls: [delta] }, null)),
  ];
  const middle =
    answer.streamError === undefined ? [] : [{ error: errorOf('fake error', answer.streamError) }];
  const told = usageOf(answer);
  const refusal = answer.refusal === undefined ? [] : [chunk({ refusal: answer.refusal }, null)];
  const end = chunk({}, finishOf(answer));
  const last = answer.usageIn === 'after' ? [end, { ...end, choices: [], ...told }] : [{ ...end, ...told }];
  const parts = [...pieces, ...refusal, ...middle].map((piece) =>
    answer.usageIn === 'each' ? { ...piece, ...told } : piece,
  );
  const events = [...parts, ...last].map((data) => `data: ${JSON.stringify(data)}\n\n`);
  return events.join('') + 'data: [DONE]\n\n';
}

interface SentCall {
  readonly id?: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

function toolCallsOf({ toolCalls = [] }: FakeAnswer): SentCall[] {
  return toolCalls.map(({ id, name, arguments: given = {} }, i) => ({
    ...(id === null ? {} : { id: id ?? `call_${i + 1}` }),
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }));
}

/** As vendors send it: the name first, the arguments in pieces. */
function callDeltas({ function: { name, arguments: written }, ...call }: SentCall, index: number): object[] {
  const half = Math.ceil(written.length / 2);
  return [
    { index, ...call, function: { name, arguments: written.slice(0, half) } },
    { index, function: { arguments: written.slice(half) } },
  ];
}

function head(request: FakeRequest, answer: FakeAnswer, object: string): object {
  return { id: 'chatcmpl-fake', object, created: 1_700_000_000, model: answer.model ?? request.model };
}

function replyOf({ reply, chunks, refusal, toolCalls = [] }: FakeAnswer): string {
  if (refusal !== undefined) return '';
  return reply ?? chunks?.join('') ?? (toolCalls.length > 0 ? '' : 'ok');
}

function finishOf({ finishReason, toolCalls = [] }: FakeAnswer): string {
  return finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop');
}

function usageOf({ usage, rawUsage }: FakeAnswer): object {
  if (rawUsage !== undefined) return { usage: rawUsage };
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
