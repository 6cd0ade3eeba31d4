/**
 * The API, and nothing beside it: what the console knows and does goes through here, by `@baton/client`, of which it takes the
 * calls alone. A refusal is a `Refused` with the problem's code; a server that does not answer is `Unreachable`. Nothing is sent
 * again here: pages show that they wait, and their queries come back by themselves.
 */
import { BatonError } from '../../../packages/client/src/errors.ts';
import {
  Calls,
  addressOf,
  type AnswerOf,
  type CallArguments,
  type CallInput,
  type Method,
  type PathOf,
} from '../../../packages/client/src/sending/calls.ts';
import { settingsOf, type BatonOptions } from '../../../packages/client/src/sending/options.ts';
import { Transport, type Answered } from '../../../packages/client/src/sending/transport.ts';
import type { Problem } from './generated.ts';
import { answerFrom, exported } from './offline.ts';

/** The API said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;
  readonly status: number;
  /** Seconds after which it makes sense to try again; null: it does not. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, status: number, retryAfter: number | null = null) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What was refused; undefined: it is no refusal. */
export function problemOf(error: unknown): Problem | undefined {
  return error instanceof Refused ? error.problem : undefined;
}

/** Nobody answered: what was asked for may or may not have happened. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const USUAL = { retries: 0, timeoutMs: 0, wholeNumbers: 'number' } as const;
const transport = new Transport(settingsOf({ ...USUAL, ...whence() }));
const calls = new Calls(transport);

/** The server that the page came from; of a page from disk, the page itself. */
function whence(): Pick<BatonOptions, 'url' | 'fetch'> {
  const page = exported;
  if (page === undefined) return { url: location.origin };
  return {
    url: 'http://baton.invalid',
    fetch: (url, { method = 'GET' }) => Promise.resolve(answerFrom(page, url, method)),
  };
}

/** What is given with a call, in the parts of the request. */
type Params<I extends { readonly path?: unknown; readonly query?: unknown }> = Pick<I, 'path' | 'query'> & {
  readonly header?: Readonly<Record<string, string>>;
};
type Ask<P extends PathOf<M>, M extends Method> = {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is. */
  readonly body?: CallInput<P, M>['body'] | string;
} & (P extends `${string}{${string}`
  ? { readonly params: Params<CallInput<P, M>> }
  : { readonly params?: Params<CallInput<P, M>> });

interface PlainAsk {
  readonly params?: { readonly path?: object; readonly query?: object; readonly header?: object };
  readonly headers?: object;
}

type Way<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...ask: CallArguments<Ask<P, M>>
) => Promise<Answered<AnswerOf<P, M>>>;

function by<M extends Method>(method: M): Way<M> {
  const call = (path: PathOf<M>, { params = {}, headers, ...rest }: PlainAsk = {}) => {
    const { header, ...places } = params;
    const input: unknown = { ...rest, ...places, headers: { ...headers, ...header } };
    return calls.call(method, path, ...([input] as never));
  };
  return call as unknown as Way<M>;
}

export const api = { GET: by('get'), POST: by('post'), PUT: by('put'), DELETE: by('delete') };

/** The data of an answer. @throws Refused; Unreachable */
export async function dataOf<T>(answer: Promise<Answered<T>>): Promise<NonNullable<T>> {
  return (await answerOf(answer)).data;
}

/** The data with the status: 202 tells that it is not in force yet. @throws Refused; Unreachable */
export async function answerOf<T>(
  answer: Promise<Answered<T>>,
): Promise<{ readonly data: NonNullable<T>; readonly status: number }> {
  return (await answer.catch(throwTold)) as { readonly data: NonNullable<T>; readonly status: number };
}

/** A result as the text that it was stored as. @throws Refused; Unreachable */
export async function outputText(id: string, key: string, signal: AbortSignal): Promise<string> {
  const path = addressOf('/api/v1/runs/{id}/steps/{key}/output', { id, key });
  return (await transport.text({ method: 'GET', path, signal }).catch(throwTold)).text;
}

function throwTold(error: unknown): never {
  if (!(error instanceof BatonError)) throw error;
  const { status, problem, retryAfter, message } = error;
  if (status === null) throw new Unreachable('Baton does not answer.', { cause: error });
  // Without a code: a proxy in between, not Baton.
  const told = { type: 'about:blank', title: message, status, code: 'internal', ...problem };
  throw new Refused(told as Problem, status, retryAfter);
}
