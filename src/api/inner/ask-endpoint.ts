/**
 * Asks an endpoint from inside the process of the API: with the checks, lanes, deadlines and row in the audit log that a
 * request over HTTP has, for callers who came by another way. Nothing goes over a socket.
 */
import express, { type Request, type Response } from 'express';
import type { Call, Caller, Trail } from '../../service/index.ts';
import type { Front } from '../front.ts';
import type { Endpoint, Reply } from '../http/endpoint.ts';
import { perform } from '../http/perform.ts';
import { requestErrorOf, statusOf } from '../http/problem.ts';

const BASE = '/api/v1';

/** What is asked of it, as HTTP would bring it. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** By which way it is asked. */
export interface Way {
  /** As `audit_log` calls it. */
  readonly method: string;
  readonly caller: Caller;
  /** The id of the request, under which it stands in logs. */
  readonly id: string;
  /** The span that it is asked in, as W3C's header has it. */
  readonly traceparent?: string | undefined;
  /** Until when (`performance.now()`) the caller waits for an answer, if he says so. */
  readonly until?: number;
  /** Aborted when nobody waits for the answer any more: what has not begun by then is not begun. */
  readonly gone?: AbortSignal;
}

/** @throws BatonError what is to be told instead */
export async function askEndpoint(front: Front, endpoint: Endpoint, asked: Asked, way: Way): Promise<Reply> {
  const trail = leavesTrail(endpoint) ? trailOf(front, endpoint, asked, way) : undefined;
  try {
    const reply = await replyOf(front, endpoint, asked, { ...way, trail });
    await trail?.end({ status: reply.status, code: null });
    return reply;
  } catch (thrown) {
    const error = requestErrorOf(thrown);
    await trail?.end({ status: statusOf(error), code: error.code });
    throw error;
  }
}

/** The call of a use case that it makes. */
export function innerCall(front: Front, way: Way, since: number): Call {
  const { caller, traceparent, until = Infinity } = way;
  return { caller, traceparent, answerBy: Math.min(since + front.answerMs, until), rest: () => undefined };
}

async function replyOf(
  front: Front,
  endpoint: Endpoint,
  { params = {}, query = {}, body, headers = {} }: Asked,
  way: Way & { readonly trail: Trail | undefined },
): Promise<Reply> {
  const replies: Reply[] = [];
  const since = performance.now();
  await perform(endpoint, front, {
    sent: { params, query, body },
    ...asIfSent(headers),
    since,
    ...(way.gone !== undefined && { gone: way.gone }),
    callOf: (visit) => ({
      ...innerCall(front, way, since),
      record: way.trail,
      rest: () => visit.leave(),
    }),
    answer: async (reply) => void replies.push(reply),
  });
  const [reply] = replies;
  if (reply === undefined) throw new Error(`${endpoint.operation} has no reply`);
  return reply;
}

/** A request of which endpoints can read the headers, and nothing else; and a response that nothing can be written to. */
function asIfSent(headers: Readonly<Record<string, string>>): { request: Request; response: Response } {
  const request = Object.create(express.request, {
    headers: { value: { accept: 'application/json', ...headers } },
  }) as Request;
  return { request, response: Object.create(express.response) as Response };
}

function leavesTrail({ method, action }: Endpoint): boolean {
  return method !== 'get' && action !== null;
}

function trailOf(front: Front, { action, operation, path }: Endpoint, asked: Asked, way: Way): Trail {
  const { id, caller, method } = way;
  const route = `${BASE}${path}`;
  const trail = front.service.record({ ...{ id, caller, method, route }, claim: () => actorOf(asked) });
  const { id: run, name: workflow } = asked.params ?? {};
  trail.note({
    action: action ?? operation,
    ...(run !== undefined && { run }),
    ...(workflow !== undefined && { workflow }),
  });
  return trail;
}

/** Who says to have asked for it. */
function actorOf({ body, query = {} }: Asked): unknown {
  return typeof body === 'object' && body !== null && 'by' in body ? body.by : query['by'];
}
