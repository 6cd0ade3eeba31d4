/**
 * Step kind `http`: one request and its redirects. Result: `{status, headers, body}`; a status from 400 on is a failure.
 *
 * Everything but safe methods carries `Idempotency-Key`, the same for every repetition by the machinery.
 */
import type { Agent, Response } from 'undici';
import { messageOf } from '../errors/errors.ts';
import { readJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { HttpSpec } from '../plan/plan.ts';
import { traceHeaders } from '../tracing/current-span.ts';
import { maskedHead, type Masking } from '../secrets/masking.ts';
import { TOLD_BYTES } from '../protocol/failure.ts';
import { bodyValue, isJson, readText } from './network/body.ts';
import { send, type Request } from './network/follow.ts';
import { AddressRefused } from './network/guarded-agent.ts';
import { SAFE_METHODS } from './network/safe-methods.ts';
import { retryAfterMs } from '../errors/retry-after.ts';
import { rootCause } from '../errors/root-cause.ts';
import { StepFailure } from './step-failure.ts';
import type { Attempt, Perform } from './step-activity.ts';
import { headOf } from './tools/clip.ts';
import { asText, renderTexts } from './texts.ts';

/** Statuses below 500 that may go away by themselves. */
const PASSING = new Set([408, 425, 429]);

/** Safe methods only look. */
export function actsByHttp({ method }: HttpSpec): boolean {
  return !SAFE_METHODS.has(method.toUpperCase());
}

/** Makes the kind for a worker's agent. */
export function performHttp(agent: Agent, masking: Masking): Perform<HttpSpec> {
  return async (attempt) => {
    const request = requestOf(attempt);
    const { response, text } = await exchange(request, agent, attempt.signal);
    const contentType = response.headers.get('content-type');
    if (response.status >= 400) throw statusFailure(request, response, toldBody(text, contentType, masking));
    const headers = Object.fromEntries(response.headers);
    return { value: { status: response.status, headers, body: await bodyValue(text, contentType) } };
  };
}

function requestOf({ spec, input, render }: Attempt<HttpSpec>): Request {
  const method = spec.method.toUpperCase();
  const url = urlOf(asText(render(spec.url)), spec, render);
  const body = spec.body === null ? null : render(spec.body);
  const headers = renderTexts(spec.headers, render);
  const defaults: [string, string][] = [];
  if (body !== null)
    defaults.push(['content-type', typeof body === 'string' ? 'text/plain' : 'application/json']);
  if (!SAFE_METHODS.has(method)) defaults.push(['idempotency-key', input.idempotencyKey]);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const missing = Object.fromEntries(defaults.filter(([name]) => !given.has(name)));
  const trace = traceHeaders(given);
  return {
    method,
    url,
    headers: { ...trace, ...missing, ...headers },
    body: body === null ? null : asText(body),
  };
}

function urlOf(text: string, spec: HttpSpec, render: Attempt<HttpSpec>['render']): URL {
  if (!URL.canParse(text)) {
    throw new StepFailure('http_failed', `"${text}" is no URL; write it with http:// or https://.`, {
      retryable: false,
    });
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new StepFailure(
      'http_failed',
      `The URL of ${url.origin} holds a user or a password; send them in an authorization header instead.`,
      { retryable: false },
    );
  }
  for (const [name, node] of Object.entries(spec.query)) {
    const value = render(node);
    const values: readonly Json[] = Array.isArray(value) ? (value as Json[]) : [value];
    for (const item of values) if (item !== null) url.searchParams.append(name, asText(item));
  }
  return url;
}

async function exchange(
  request: Request,
  agent: Agent,
  signal: AbortSignal,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await send(request, agent, signal);
    return { response, text: await readText(response) };
  } catch (error) {
    throw error instanceof StepFailure ? error : connectionFailure(request, error);
  }
}

function connectionFailure(request: Request, error: unknown): StepFailure {
  const cause = rootCause(error);
  if (cause instanceof AddressRefused)
    return new StepFailure('address_refused', `${place(request)}: ${cause.message}`);
  const code = (cause as { code?: unknown }).code;
  // Without a code the request itself was at fault (a header with a line break, a port that fetch refuses).
  const retryable = typeof code === 'string' && code !== 'UND_ERR_INVALID_ARG';
  const reason = retryable ? `${code}: ${messageOf(cause)}` : messageOf(cause);
  return new StepFailure(
    'http_failed',
    `${place(request)} failed: ${reason}`,
    { retryable },
    { cause: error },
  );
}

/** An error's body: the value where it is short JSON, else the beginning of the text, masked before it is cut. */
function toldBody(text: string, contentType: string | null, masking: Masking): Json {
  if (text.length <= TOLD_BYTES && isJson(contentType)) {
    try {
      return readJson(text);
    } catch {
      // It only says so.
    }
  }
  return headOf(maskedHead(masking, text, TOLD_BYTES), TOLD_BYTES);
}

function statusFailure(request: Request, response: Response, body: Json): StepFailure {
  const { status } = response;
  const wait = retryAfterMs(response.headers.get('retry-after'), Date.now());
  const retryable = status >= 500 || PASSING.has(status);
  return new StepFailure(
    'http_status',
    `${place(request)} answered ${status} ${response.statusText}`.trimEnd(),
    {
      retryable,
      ...(wait === null ? {} : { retryAfterMs: wait }),
      data: { status, headers: Object.fromEntries(response.headers), body },
    },
  );
}

/** Method and URL for messages, without what may be confidential: user, password, query. */
function place({ method, url }: Request): string {
  return `${method} ${url.origin}${url.pathname}`;
}
