/**
 * The API as the CLI uses it: `@baton/client` sends and asks again, here every failure becomes a CliError with the API's own
 * words in those of the command line. Who typed a command learns at once that nobody answers: only what the API refuses for
 * now is asked again, within a minute.
 */
import { BatonError } from '../../../packages/client/src/errors.ts';
import { settingsOf, type BatonOptions } from '../../../packages/client/src/sending/options.ts';
import { Transport, type Sent } from '../../../packages/client/src/sending/transport.ts';
import type { ErrorDetail, Problem as ApiProblem } from '../../contract/problem.ts';
import { readJson } from '../../plan/exact-json.ts';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import { optionOf, refusedOption } from './api-words.ts';

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON, or as it is with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The path is the whole one; else it is below `/api/v1`. */
  readonly isWhole?: boolean;
}

/** What came may be the answer of something else, or of an API of another version. */
type Problem = Partial<ApiProblem> & { readonly hint?: string };
type ProblemDetail = Partial<ErrorDetail>;

/** The body of an answer. */
export async function answerOf<T>(response: Response): Promise<T> {
  return readJson<T>(await response.text());
}

const PATIENCE = { times: Number.POSITIVE_INFINITY, forMs: 60_000, whenAway: false };
/** Longer than the API takes for anything. */
const TIMEOUT_MS = 120_000;
/** About as much as a string may have. */
const MOST_BYTES = 512 * 1024 * 1024;

type Further = Pick<BatonOptions, 'headers' | 'fetch'>;

export class ApiClient {
  readonly base: string;
  /** For what the client does by itself, such as following. Its errors are to be told by {@link told}. */
  readonly transport: Transport;

  /**
   * @param base URL of the API without a path.
   * @param onWait told why, before a request that was refused for now is sent again.
   */
  constructor(base: string, onWait: (problem: string) => void = () => undefined, further: Further = {}) {
    const settings = settingsOf({
      ...{ url: base, retries: PATIENCE, timeoutMs: TIMEOUT_MS, maxAnswerBytes: MOST_BYTES },
      ...further,
      onRetry: ({ code }) => onWait(code),
    });
    this.base = settings.url;
    this.transport = new Transport(settings);
  }

  /** @throws CliError with the exit code that fits. */
  async json<T>(path: string, request: ApiRequest = {}): Promise<T> {
    return (await this.told(this.transport.json<T>(sentOf(path, request)))).data;
  }

  /** The response of a call that succeeded; its body is the caller's to read. */
  async raw(path: string, request: ApiRequest = {}): Promise<Response> {
    return (await this.told(this.transport.open(sentOf(path, request)))).response;
  }

  /** @throws CliError for what the client throws */
  async told<T>(work: Promise<T> | T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw error instanceof BatonError ? this.errorOf(error) : error;
    }
  }

  /** What the client throws, in the words of the command line. */
  errorOf(error: BatonError): CliError {
    const { status, code, message, cause } = error;
    if (cause instanceof CliError) return cause;
    if (status !== null) return problemError(status, error.problem ?? { code, detail: message });
    if (code.startsWith('answer_')) return new CliError(EXIT.failed, message, { code });
    const why = code === 'timeout' ? 'it does not answer' : message.replace(/^Cannot reach [^ ]+: /, '');
    return new CliError(
      EXIT.unreachable,
      `cannot reach the API at ${this.base}: ${why}\n  Start the stack with \`baton up -d\`, or set BATON_URL.`,
      { code: 'api_unreachable' },
    );
  }
}

function sentOf(
  path: string,
  { method = 'GET', body, contentType, headers, signal, isWhole }: ApiRequest,
): Sent {
  return {
    method,
    path: isWhole === true ? path : `/api/v1${path}`,
    headers: {
      'user-agent': 'baton-cli',
      ...(contentType !== undefined && body !== undefined && { 'content-type': contentType }),
      ...headers,
    },
    body,
    signal,
  };
}

function problemError(status: number, problem: Problem): CliError {
  return new CliError(exitCodeOf(status, problem.code), describeProblem(status, problem), {
    status,
    ...problem,
  });
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
