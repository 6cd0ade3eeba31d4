/**
 * The API, and nothing beside it: what the console knows and does goes through here, by the types that OpenAPI generates.
 * A refusal is a `Refused` with the problem's code; a server that does not answer is `Unreachable`.
 */
import createClient, { type ClientOptions } from 'openapi-fetch';
import type { paths, Problem } from './generated.ts';
import { answerFrom, exported } from './offline.ts';

/** The API said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;
  readonly status: number;
  /** Seconds after which it makes sense to try again; null: it does not. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, response: Response) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.status = response.status;
    const after = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfter = Number.isFinite(after) ? after : null;
  }
}

/** Nobody answered: what was asked for may or may not have happened. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export const api = createClient<paths>({
  ...whence(),
  // What was typed in a filter stands in the address as it is read.
  querySerializer: { array: { style: 'form', explode: true } },
});

/** The server that the page came from; of a page from disk, the page itself. */
function whence(): ClientOptions {
  const page = exported;
  if (page === undefined) return { baseUrl: location.origin };
  return {
    baseUrl: 'http://baton.invalid',
    fetch: ({ url, method }) => Promise.resolve(answerFrom(page, url, method)),
  };
}

interface Answer<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer. @throws Refused; Unreachable */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await answerOf(answer)).data;
}

/** The data with the status: 202 tells that it is not in force yet. @throws Refused; Unreachable */
export async function answerOf<T>(
  answer: Promise<Answer<T>>,
): Promise<{ readonly data: NonNullable<T>; readonly status: number }> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Unreachable('Baton does not answer.', { cause });
  });
  if (!response.ok) throw new Refused(problemOf(error, response), response);
  return { data: data as NonNullable<T>, status: response.status };
}

function problemOf(error: unknown, { status, statusText }: Response): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as Problem;
  // A proxy in between, not Baton.
  return { type: 'about:blank', title: statusText || `HTTP ${status}`, status, code: 'internal' } as Problem;
}
