/**
 * What every request to an endpoint goes through, whichever way it came: what was sent is checked, it takes its place in its
 * lane, and is answered before it leaves that.
 */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Call } from '../../service/index.ts';
import type { Front } from '../front.ts';
import { laneOf, type Endpoint, type Reply } from './endpoint.ts';
import { HttpError } from './http-error.ts';
import { parse } from './parse.ts';
import { Visit } from './visit.ts';

export interface Performance {
  /** As it came. */
  readonly sent: { readonly params: unknown; readonly query: unknown; readonly body?: unknown };
  /** What few endpoints read beside that, or write to. */
  readonly request: Request;
  readonly response: Response;
  /** When it came, as `performance.now()` says it. */
  readonly since: number;
  /** Aborted when nobody waits for the answer any more: what has not begun by then is not begun. */
  readonly gone?: AbortSignal;
  readonly callOf: (visit: Visit) => Call;
  /** Takes the reply, unless the endpoint has written the response itself. */
  readonly answer: (reply: Reply) => Promise<void>;
}

/** @throws BatonError what is to be answered instead */
export async function perform(endpoint: Endpoint, front: Front, way: Performance): Promise<void> {
  const { request, response } = way;
  const sent = {
    params: endpoint.params === undefined ? {} : parse(endpoint.params, way.sent.params, 'params'),
    query: parse(querySchema(endpoint), way.sent.query, 'query'),
    body: parseBody(endpoint, way.sent.body),
  };
  const visit = await Visit.begin(front.admission, laneOf(endpoint), way.since);
  try {
    if (way.gone?.aborted === true)
      throw new HttpError('request_aborted', 'Nobody waits for the answer any more.');
    const service = front.service.for(way.callOf(visit));
    const reply = await endpoint.handle({ ...sent, request, response, service, visit, front });
    if (reply !== undefined) await way.answer(reply);
  } finally {
    visit.leave();
  }
}

/** What no route reads is refused, so that nothing that was meant is ignored; probes take whatever is added to them. */
function querySchema({ query, tag }: Endpoint): z.ZodObject {
  return query ?? (tag === 'service' ? ANYTHING : NOTHING);
}

const ANYTHING = z.object({});
const NOTHING = z.strictObject({});

function parseBody(endpoint: Endpoint, sent: unknown): unknown {
  if (endpoint.body === undefined) return undefined;
  const absent = endpoint.body.kind === 'json' ? {} : '';
  return parse(endpoint.body.schema, sent === undefined ? absent : sent, 'body');
}
