/**
 * The API as the CLI uses it: JSON both ways, and every failure as a CliError with the API's own words. What the API
 * refuses for now it is asked again, within bounds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorDetail, Problem as ApiProblem } from '../../contract/problem.ts';
import { messageOf } from '../../errors/errors.ts';
import { optionOf, refusedOption } from './api-words.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { waitBeforeRetry } from './patience.ts';
import { readJson, writeJson } from '../../plan/exact-json.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON, or as it is with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What came may be the answer of something else, or of an API of another version. */
type Problem = Partial<ApiProblem> & { readonly hint?: string };
type ProblemDetail = Partial<ErrorDetail>;

/** What a header can hold; the API looks closer. */
const TRACEPARENT = /^[0-9a-f-]{55,256}$/;

/** The body of an answer. */
export async function answerOf<T>(response: Response): Promise<T> {
  return readJson<T>(await response.text());
}

export class ApiClient {
  readonly base: string;
  readonly #onWait: (problem: string) => void;
  readonly #trace: Readonly<Record<string, string>>;

  /**
   * @param base URL of the API without a path.
   * @param onWait told why, before a request that was refused for now is sent again.
   * @param traceparent the span that requests are made in; what is none goes nowhere
   */
  constructor(base: string, onWait: (problem: string) => void = () => undefined, traceparent = '') {
    this.base = base.replace(/\/+$/, '');
    this.#onWait = onWait;
    this.#trace = TRACEPARENT.test(traceparent) ? { traceparent } : {};
  }

  /** @throws CliError with the exit code that fits. */
  async json<T>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await this.raw(path, request);
    return answerOf<T>(response);
  }

  /** The response of a call that succeeded; its body is the caller's to read. */
  async raw(path: string, request: ApiRequest = {}): Promise<Response> {
    const since = performance.now();
    for (let tries = 1; ; tries++) {
      const response = await this.#fetch(path, request);
      if (response.ok) return response;
      const { status, headers } = response;
      const text = await response.text();
      const { code } = parseProblem(text);
      const tried = { tries, elapsedMs: performance.now() - since, repeatable: isRepeatable(request) };
      const refusal = { status, retryAfter: headers.get('retry-after'), code };
      const wait = waitBeforeRetry(refusal, tried, Math.random());
      if (wait === null) throw problemError(status, text);
      this.#onWait(code ?? String(status));
      await sleep(wait, undefined, { signal: request.signal });
    }
  }

  async #fetch(path: string, request: ApiRequest): Promise<Response> {
    const { body, contentType, headers, method = 'GET', signal } = request;
    const text = contentType === undefined ? writeJson(body) : String(body);
    try {
      return await fetch(`${this.base}/api/v1${path}`, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'baton-cli',
          ...this.#trace,
          ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: text }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      const cause =
        error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
      throw new CliError(
        EXIT.unreachable,
        `cannot reach the API at ${this.base}: ${cause}\n  Start the stack with \`baton up -d\`, or set BATON_URL.`,
        { code: 'api_unreachable' },
      );
    }
  }
}

/** The API counts it once, however often it comes. */
function isRepeatable({ method = 'GET', headers = {}, body }: ApiRequest): boolean {
  const hasKey = Object.keys(headers).some((name) => name.toLowerCase() === 'idempotency-key');
  const hasId = typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string';
  return method === 'GET' || hasKey || hasId;
}

function problemError(status: number, text: string): CliError {
  const problem = parseProblem(text);
  return new CliError(exitCodeOf(status, problem.code), describeProblem(status, problem), {
    status,
    ...problem,
  });
}

function parseProblem(text: string): Problem {
  try {
    const parsed: unknown = readJson(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : { detail: text };
  } catch {
    return { detail: text.slice(0, 500) };
  }
}

/** The problem on a screen: what, with its code, then each detail with place and hint. */
function describeProblem(status: number, problem: Problem): string {
  if (problem.code === 'invalid_request' || problem.code === 'invalid_cursor') return wrongUse(problem);
  const what = problem.detail ?? problem.title ?? `the API answered ${status}`;
  const lines = [problem.code === undefined ? what : `${what} [${problem.code}]`];
  if (problem.hint !== undefined) lines.push(`  ${problem.hint}`);
  for (const detail of problem.errors ?? []) lines.push(`  ${describeDetail(detail)}`);
  return lines.join('\n');
}

/** The API speaks of its request; whoever typed a command knows its options. */
function wrongUse({ code, detail, errors = [] }: Problem): string {
  const options = errors.map(refusedOption);
  if (options.length === 0) return `${detail ?? 'the request is not in its form'} [${code}]`;
  return options.length === 1
    ? `${options[0]} [${code}]`
    : [`${options.length} errors [${code}]`, ...options.map((option) => `  ${option}`)].join('\n');
}

function describeDetail(detail: ProblemDetail): string {
  const path = detail.path === undefined ? undefined : (optionOf(detail.path) ?? detail.path);
  const place = detail.line === undefined ? path : `${detail.line}:${detail.column ?? 1}`;
  const hint = detail.hint === undefined ? '' : ` (${detail.hint})`;
  return `${place === undefined ? '' : `${place} `}${detail.message ?? detail.code ?? 'invalid'}${hint}`;
}

/** Wrong inputs are wrong use; a definition or a command that the API refuses is a failure. */
function exitCodeOf(status: number, code: string | undefined): ExitCode {
  if (code === 'inputs_invalid') return EXIT.usage;
  if (status === 429 || status === 502 || status === 503 || status === 504) return EXIT.unreachable;
  if (status === 409 || status === 422 || status >= 500) return EXIT.failed;
  return EXIT.usage;
}
