/** Requests with redirects: followed by hand, so that each hop passes the same checks. */
import { fetch, type Agent, type Response } from 'undici';
import { StepFailure } from '../step-failure.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What may go along to another origin: everything else might be a credential. */
const SAFE_HEADERS = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);
const BODY_HEADERS = new Set(['content-type', 'content-length', 'content-encoding', 'idempotency-key']);

export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * Sends a request and follows up to five redirects.
 *
 * @throws StepFailure `http_failed` on a redirect that cannot be followed, and whatever undici throws
 */
export async function send(request: Request, agent: Agent, signal: AbortSignal): Promise<Response> {
  let current = request;
  for (let hops = 0; ; hops++) {
    assertWeb(current.url);
    const { url, method, headers, body } = current;
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal,
      dispatcher: agent,
      redirect: 'manual',
    });
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    if (hops === MAX_REDIRECTS)
      throw refused(`More than ${MAX_REDIRECTS} redirects, the last one to ${location}`);
    current = redirected(current, response.status, location);
  }
}

function redirected(request: Request, status: number, location: string): Request {
  const url = parseTarget(location, request.url);
  const sameOrigin = url.origin === request.url.origin;
  // As browsers do: 303 always, 301 and 302 after a POST continue as GET without a body.
  const asGet = (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST');
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => {
      const lower = name.toLowerCase();
      return (sameOrigin || SAFE_HEADERS.has(lower)) && !(asGet && BODY_HEADERS.has(lower));
    }),
  );
  return asGet ? { method: 'GET', url, headers, body: null } : { ...request, url, headers };
}

function parseTarget(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href)) throw refused(`The redirect's location ${location} is no URL`);
  return new URL(location, base);
}

function assertWeb(url: URL): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return;
  throw refused(`Scheme ${url.protocol} is not allowed; use http or https`);
}

function refused(reason: string): StepFailure {
  return new StepFailure('http_failed', `${reason}.`, { retryable: false });
}
