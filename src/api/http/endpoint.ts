/**
 * One declaration per route: from it come the Express route, the checks of what is sent, and the OpenAPI operation, so
 * that they cannot drift apart.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { UseCases } from '../../service/index.ts';
import type { Front } from '../front.ts';
import type { LaneName } from './admission.ts';
import type { ProblemCode } from '../../contract/problem-codes.ts';
import type { Visit } from './visit.ts';

/** What a route answers when it does not write the response itself. */
export interface Reply<Status extends number = number, Body = unknown> {
  readonly status: Status;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * `json`: parsed and checked; an absent body counts as `{}`; it may have `bytes`, where that is more than others. `text`: as it was sent, of one of the media
 * types.
 */
type BodySpec<B extends z.ZodType> =
  | { readonly kind: 'json'; readonly schema: B; readonly bytes?: number }
  | { readonly kind: 'text'; readonly types: readonly string[]; readonly schema: B };

/** One request after all checks. */
interface Checked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  readonly response: Response;
  /** What can be asked of Baton, as this request may have it. */
  readonly service: UseCases;
  readonly visit: Visit;
  readonly front: Front;
}

export interface ResponseSpec {
  readonly description: string;
  /** Default: none, an answer without a body. */
  readonly schema?: z.ZodType;
  /** Media types of the answer; default JSON. */
  readonly types?: readonly string[];
  /** It may also be a stream of server-sent events: what the data of each is. */
  readonly events?: z.ZodType;
}

type Responses = Readonly<Record<number, ResponseSpec>>;

/** The answers that `R` declares, each with the body that its schema describes. */
type ReplyOf<R extends Responses> = {
  [Status in keyof R & number]: Reply<Status, BodyOf<R[Status]>>;
}[keyof R & number];
type BodyOf<R extends ResponseSpec> = R extends { readonly schema: z.ZodType }
  ? z.output<R['schema']>
  : never;

export interface EndpointSpec<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  R extends Responses,
> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below the base of its group, in Express' form (`/runs/:id`). */
  readonly path: string;
  /** Unique, camelCase: names the operation in generated clients. */
  readonly operation: string;
  readonly tag:
    | 'workflows'
    | 'runs'
    | 'views'
    | 'nodes'
    | 'webhooks'
    | 'commands'
    | 'conversation'
    | 'questions'
    | 'agents'
    | 'checkpoints'
    | 'values'
    | 'audit'
    | 'service';
  readonly summary: string;
  /**
   * What `audit_log` calls it; the operation's name unless told. Only what uses POST and changes nothing leaves no row:
   * `null`.
   */
  readonly action?: string | null;
  /** Which bound it counts in; `read` for GET and `write` for the others unless told. */
  readonly lane?: LaneName;
  readonly params?: P;
  readonly query?: Q;
  /** Request headers that the route reads, for the document. */
  readonly headers?: z.ZodObject;
  readonly body?: BodySpec<B>;
  readonly responses: R;
  /** Beside those that any route may answer. */
  readonly problems?: readonly ProblemCode[];
  /** Answers by returning a reply, or writes the response itself and returns nothing. */
  handle(request: Checked<z.output<P>, z.output<Q>, z.output<B>>): Promise<ReplyOf<R> | void>;
}

/** An endpoint whose types are checked and forgotten. */
export type Endpoint = EndpointSpec<z.ZodObject, z.ZodObject, z.ZodType, Responses>;

/** Endpoints and the path they are mounted under. */
export interface RouteGroup {
  readonly base: string;
  readonly endpoints: readonly Endpoint[];
}

/** The bound that a request to it counts in; none for probes, which are always answered. */
export function laneOf({ lane, method, tag }: Endpoint): LaneName | undefined {
  if (tag === 'service') return undefined;
  return lane ?? (method === 'get' ? 'read' : 'write');
}

/** Checks the declaration's types. */
export function endpoint<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  const R extends Responses,
>(spec: EndpointSpec<P, Q, B, R>): Endpoint {
  return spec as unknown as Endpoint;
}

/** An answer with JSON. */
export function reply<const Status extends number, Body>(
  status: Status,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Reply<Status, Body> {
  return { status, body, headers };
}
