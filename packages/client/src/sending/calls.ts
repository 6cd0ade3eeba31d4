/** Any operation of the API by its path, with types from its OpenAPI document. */
import type { paths } from '../generated.ts';
import type { Answered, Transport } from './transport.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Readonly<Record<M, { responses: unknown }>> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> =
  paths[P] extends Readonly<Record<M, infer O>> ? O : never;
type Parameters<O> = O extends { parameters: infer Q } ? Q : never;
type PathParameters<O> =
  Parameters<O> extends { path: infer Q } ? { readonly path: Q } : { readonly path?: never };
type QueryParameters<O> = Parameters<O> extends { query?: infer Q } ? { readonly query?: Q } : never;
type BodyOf<O> = O extends { requestBody?: { content: infer C } }
  ? { readonly body?: C[keyof C] }
  : { readonly body?: never };

/** What is sent with an operation, beside its own. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

export type CallInput<P extends keyof paths, M extends Method> = CallOptions &
  PathParameters<Operation<P, M>> &
  QueryParameters<Operation<P, M>> &
  BodyOf<Operation<P, M>>;

/** May be left out where nothing has to be given. */
export type CallArguments<I> = Record<never, never> extends I ? [input?: I] : [input: I];

type Content<R> = R extends { content: infer C }
  ? C extends { 'application/json': infer J }
    ? J
    : C[keyof C]
  : undefined;

/** The data of what went well. */
export type AnswerOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R }
    ? { [S in keyof R & (200 | 201 | 202)]: Content<R[S]> }[keyof R & (200 | 201 | 202)]
    : never;

/** What a call comes to, whatever its types. */
interface PlainInput extends CallOptions {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

export class Calls {
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** @throws BatonError; the reason of `signal` */
  async call<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...[input = {} as CallInput<P, M>]: CallArguments<CallInput<P, M>>
  ): Promise<Answered<AnswerOf<P, M>>> {
    const { path: params, query, ...rest } = input as PlainInput;
    return this.transport.json({
      ...rest,
      method: method.toUpperCase(),
      path: addressOf(path, params, query),
    });
  }

  /** The data of {@link call}. */
  async data<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...rest: CallArguments<CallInput<P, M>>
  ): Promise<AnswerOf<P, M>> {
    return (await this.call(method, path, ...rest)).data;
  }
}

/** A path with its parameters filled in, and its query; a list is given several times. */
export function addressOf(
  path: string,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one): [string, string][] => {
      const isGiven = typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean';
      return isGiven ? [[name, String(one)]] : [];
    }),
  );
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs).toString()}`;
}

/** Unlike any other, also where a page has no `crypto.randomUUID`. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
