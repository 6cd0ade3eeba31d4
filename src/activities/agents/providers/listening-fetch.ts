/**
 * The fetch of one call to a vendor: reads along in the stream of events that comes back, within the limits of answers
 * and of silence.
 *
 * Figures of consumption go no further: the vendors' clients fail over those that are no numbers, and count some of them
 * twice. Who reads along has had them.
 */
import { Agent, fetch as undiciFetch } from 'undici';
import { readJson } from '../../../plan/exact-json.ts';
import { traceHeaders } from '../../../tracing/current-span.ts';
import { boundedResponse } from '../../network/bounded-response.ts';
import { unveiledText, veiled, veiledLine } from '../../network/veiled-numbers.ts';
import type { Silence } from './silence.ts';

type Members = Record<string, unknown>;

interface Request {
  readonly body?: unknown;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
}

interface Listener {
  readonly silence: Silence;
  /** Each event of a stream as it was sent. */
  readonly onEvent: (event: Readonly<Members>) => void;
}

/** The silence is measured here, from both of undici's own limits on it nothing is wanted. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

export function listeningFetch({ silence, onEvent }: Listener): typeof globalThis.fetch {
  const ask = async (input: string, init: Request): Promise<Response> => {
    const response = await silence.until(() => undiciFetch(input, { ...exact(init), dispatcher: agent }));
    const bounded = boundedResponse(watched(response as unknown as Response, silence));
    return isStream(bounded) ? overheard(bounded, onEvent) : honest(bounded);
  };
  // undici's types and those of the global fetch describe the same thing but do not fit each other.
  return ask as unknown as typeof globalThis.fetch;
}

/** The request with its whole numbers as they are, and the span that it is made in. */
function exact(init: Request): object {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(traceHeaders(headers.keys()))) headers.set(name, value);
  const told = { ...init, headers: Object.fromEntries(headers) };
  return typeof init.body === 'string' ? { ...told, body: unveiledText(init.body) } : told;
}

function isStream({ body, headers }: Response): boolean {
  return body !== null && (headers.get('content-type') ?? '').includes('event-stream');
}

/** Gateways answer with status 200 and an error in JSON; to the vendors' clients that is a stream without events. */
async function honest(response: Response): Promise<Response> {
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  if (!response.ok || !isJson) return response;
  const text = await response.text();
  const { error } = membersIn(text);
  const code = Number((error as Members | null | undefined)?.['code']);
  const status = error == null ? response.status : code >= 400 && code < 600 ? code : 500;
  return new Response(text, { status, headers: [...response.headers] });
}

/** What a text of JSON holds; nothing when it is none, or no object. */
function membersIn(text: string): Members {
  try {
    const body: unknown = readJson(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Members) : {};
  } catch {
    return {};
  }
}

function withBody({ status, statusText, headers }: Response, body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { status, statusText, headers: [...headers] });
}

/** Waiting for whoever reads is not the vendor's silence: each read is watched by itself. */
function watched(response: Response, silence: Silence): Response {
  if (response.body === null) return response;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await silence.until(() => reader.read());
        silence.heard();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return withBody(response, body);
}

function overheard(response: Response, onEvent: Listener['onEvent']): Response {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  /** The pieces of a line whose end has not come. */
  let open: string[] = [];
  const lines = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      const text = decoder.decode(chunk, { stream: true });
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
      const whole = end === 0 ? '' : open.join('') + text.slice(0, end);
      if (end > 0) open = [text.slice(end)];
      else open.push(text);
      if (whole !== '') controller.enqueue(encoder.encode(overhear(whole, onEvent)));
    },
    flush: (controller) => {
      const last = open.join('') + decoder.decode();
      if (last !== '') controller.enqueue(encoder.encode(overhear(last, onEvent)));
    },
  });
  return withBody(response, (response.body as ReadableStream<Uint8Array>).pipeThrough(lines));
}

/** Other lines are passed on unread, but for numbers that the vendors' clients would round. */
const TELLING = /usage|refusal|promptFeedback|stop_details/;
const LARGE_NUMBER = /\d{16}/;

function overhear(text: string, onEvent: Listener['onEvent']): string {
  if (!TELLING.test(text) && !LARGE_NUMBER.test(text)) return text;
  return text.replace(/^data:[^\r\n]*/gm, (line) => {
    const event = TELLING.test(line) ? eventIn(line) : null;
    if (event === null) return veiledLine(line);
    onEvent(event);
    const left = withoutFigures(event);
    return left === null ? ': figures' : `data: ${JSON.stringify(veiled(left))}`;
  });
}

function eventIn(line: string): Members | null {
  const event = membersIn(line.slice('data:'.length));
  return Object.keys(event).length === 0 ? null : event;
}

/** Where the clients want figures there are noughts; null when the event tells nothing else. */
function withoutFigures(event: Members): Members | null {
  const { usage, usageMetadata: _, ...others } = event;
  if (Object.keys(others).length === 0) return null;
  // A chunk of Chat Completions that only counts, from a server that leaves the choices out.
  if (usage !== undefined && others['type'] === undefined && !('choices' in others) && !('error' in others))
    return null;
  const inner = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [
      name,
      holdsUsage(value) ? { ...value, usage: NONE } : value,
    ]),
  );
  return others['type'] === undefined || usage === undefined ? inner : { ...inner, usage: NONE };
}

const NONE = { input_tokens: 0, output_tokens: 0 } as const;

/** Anthropic's `message`, OpenAI's `response`, Groq's own. */
function holdsUsage(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && 'usage' in value && value.usage != null;
}
