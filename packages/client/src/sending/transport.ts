/**
 * One request to the API, with its tries: sent by `fetch` and nothing else, in bounded time and memory. What the API says no
 * to, and what does not come, is a BatonError.
 */
import { readJson, writeJson } from '../../../../src/plan/exact-json.ts';
import { retryAfterMs } from '../../../../src/errors/retry-after.ts';
import { BatonError } from '../errors.ts';
import type { Problem } from '../generated.ts';
import { boundedText } from './bounded-text.ts';
import { Limit, pause } from './limit.ts';
import type { Settings } from './options.ts';
import { waitBeforeRetry, type Tried } from './retry.ts';

export interface Sent {
  readonly method: string;
  /** Behind the address of the server, with its query: `/api/v1/runs?limit=1`. */
  readonly path: string;
  /** Sent as JSON; a text as it is. Undefined: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's. */
  readonly timeoutMs?: number | undefined;
  /** Not sent again here: its caller comes back by itself. */
  readonly once?: boolean;
}

/** An answer that is read whole. */
export interface Answered<T = unknown> {
  readonly data: T;
  /** 202: taken, and not in force yet. */
  readonly status: number;
}

/** An answer whose body has yet to be read, and what ends it. */
export interface Opened {
  readonly response: Response;
  readonly limit: Limit;
}

const MOST_OF_A_PROBLEM = 1024 * 1024;

export class Transport {
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** @throws BatonError; the reason of the caller's signal */
  async json<T>(sent: Sent): Promise<Answered<T>> {
    const { text, status } = await this.text(sent);
    return { data: (text === '' ? undefined : this.read<T>(text)) as T, status };
  }

  /** The answer as it came. @throws as {@link json} */
  async text(sent: Sent): Promise<{ readonly text: string; readonly status: number }> {
    return this.#patiently(sent, async ({ response, limit }) => {
      try {
        const text = await boundedText(response, this.settings.maxAnswerBytes);
        return { text, status: response.status };
      } finally {
        limit.release();
      }
    });
  }

  /** The answer once it begins; its body may take as long as it wants. @throws as {@link json} */
  async open(sent: Sent): Promise<Opened> {
    return this.#patiently(sent, async (opened) => {
      opened.limit.wind(0);
      return opened;
    });
  }

  /** @throws BatonError `answer_unreadable` */
  read<T>(text: string): T {
    try {
      return this.settings.wholeNumbers === 'bigint' ? readJson<T>(text) : (JSON.parse(text) as T);
    } catch (cause) {
      const shown = text.slice(0, 80);
      throw new BatonError('answer_unreadable', `The answer is no JSON: ${shown}`, { cause });
    }
  }

  async #patiently<T>(sent: Sent, use: (opened: Opened) => Promise<T>): Promise<T> {
    const since = performance.now();
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(sent, use);
      } catch (error) {
        if (!(error instanceof BatonError) || sent.once === true) throw error;
        const elapsedMs = performance.now() - since;
        const waitMs = this.#waitAfter(error, { tries, elapsedMs, repeatable: isRepeatable(sent) });
        if (waitMs === null) throw error;
        this.settings.onRetry({ code: error.code, waitMs });
        await pause(waitMs, sent.signal);
      }
    }
  }

  #waitAfter({ code, status, retryAfter }: BatonError, tried: Tried): number | null {
    // What came, and could not be taken, will come again.
    if (status === null && code.startsWith('answer_')) return null;
    const failure = { code, status, retryAfterMs: retryAfter === null ? null : retryAfter * 1_000 };
    return waitBeforeRetry(failure, tried, this.settings.retries, Math.random());
  }

  async #once<T>(sent: Sent, use: (opened: Opened) => Promise<T>): Promise<T> {
    const limit = new Limit(sent.signal, sent.timeoutMs ?? this.settings.timeoutMs);
    try {
      const response = await this.settings.fetch(`${this.settings.url}${sent.path}`, {
        ...(await this.#initOf(sent)),
        signal: limit.signal,
      });
      if (!response.ok) throw await refusalOf(response);
      return await use({ response, limit });
    } catch (error) {
      limit.end();
      throw faultOf(error, sent.signal, limit, this.settings.url);
    }
  }

  async #initOf({ method, body, headers }: Sent): Promise<RequestInit> {
    const { headers: own } = this.settings;
    const all = new Headers({
      accept: 'application/json',
      ...(typeof own === 'function' ? await own() : own),
    });
    for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
    // Followed, it would take headers with secrets along.
    const init: RequestInit = { method, headers: all, redirect: 'manual' };
    if (body === undefined) return init;
    if (!all.has('content-type')) all.set('content-type', 'application/json');
    return { ...init, body: typeof body === 'string' ? body : writeJson(body) };
  }
}

/** The API counts it once, however often it comes: it reads only, or has a key, or its message has an id. */
function isRepeatable({ method, headers = {}, body }: Sent): boolean {
  const hasKey = Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
  const hasId = typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string';
  return method === 'GET' || method === 'HEAD' || hasKey || hasId;
}

async function refusalOf(response: Response): Promise<BatonError> {
  const { status, type, headers } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const to = headers.get('location') ?? 'elsewhere';
    return new BatonError('redirected', `The server leads to ${to}: give the client that address.`, {
      status,
    });
  }
  const text = await boundedText(response, MOST_OF_A_PROBLEM).catch(() => '');
  const problem = problemIn(text);
  const after = retryAfterMs(headers.get('retry-after'), Date.now());
  const said = problem.detail ?? problem.title ?? `HTTP ${status}`;
  return new BatonError(problem.code ?? 'answer_unreadable', said, {
    status,
    problem,
    retryAfter: after === null ? null : after / 1_000,
  });
}

/** What is no problem of Baton's is a text of something in between. */
function problemIn(text: string): Partial<Problem> {
  try {
    const parsed: unknown = readJson(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Told as it came.
  }
  const told = text.trim().slice(0, 500);
  return told === '' || told.startsWith('[') ? {} : { detail: told };
}

function faultOf(error: unknown, callers: AbortSignal | undefined, limit: Limit, url: string): unknown {
  if (callers?.aborted === true) return callers.reason;
  if (error instanceof BatonError) return error;
  if (limit.isOver) return new BatonError('timeout', `${url} did not answer in time.`, { cause: error });
  return new BatonError('connection_lost', `Cannot reach ${url}: ${reasonOf(error)}`, { cause: error });
}

/** What `fetch` of Node says stands in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { readonly code?: unknown };
  return cause.message || (typeof code === 'string' ? code : cause.name);
}
