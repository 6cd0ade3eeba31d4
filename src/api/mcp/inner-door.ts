/**
 * The way of MCP tools to Baton inside the process of the API: the very endpoints that HTTP has, with their checks, lanes,
 * deadlines and rows in the audit log. Nothing goes over a socket.
 */
import type { Request, Response } from 'express';
import { requestErrorOf, problemOf, statusOf } from '../http/problem.ts';
import type { Endpoint, Reply } from '../http/endpoint.ts';
import { laneOf } from '../http/endpoint.ts';
import { callerOf } from '../http/caller.ts';
import { perform } from '../http/perform.ts';
import { Visit } from '../http/visit.ts';
import type { Front } from '../front.ts';
import {
  Refusal,
  definitionType,
  type Answer,
  type Asked,
  type Beginning,
  type Door,
  type ValueOperation,
} from '../../mcp/door.ts';
import type { Operation } from '../../mcp/operations.ts';
import { readJson, writeJson } from '../../plan/exact-json.ts';
import type { Call, Trail, UseCases, WholeValue } from '../../service/index.ts';

/** Where what comes in by MCP is told to come from. */
const METHOD = 'MCP';
const BASE = '/api/v1';

export class InnerDoor implements Door {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #front: Front;
  readonly #request: Request;
  readonly #response: Response;

  /** @param request the one of the protocol, over which the tool was called, and its response */
  constructor(
    endpoints: ReadonlyMap<string, Endpoint>,
    front: Front,
    way: { readonly request: Request; readonly response: Response },
  ) {
    this.#endpoints = endpoints;
    this.#front = front;
    this.#request = way.request;
    this.#response = way.response;
  }

  async ask(operation: Operation, asked: Asked): Promise<Answer> {
    const endpoint = this.#endpoint(operation);
    const trail =
      endpoint.method === 'get' || endpoint.action === null
        ? undefined
        : this.#trail(operation, endpoint, asked);
    try {
      const reply = await this.#perform(endpoint, asked, trail);
      await trail?.end({ status: reply.status, code: null });
      // As it would have come over a wire: JSON and nothing else.
      return { status: reply.status, body: readJson(writeJson(reply.body) ?? 'null') };
    } catch (thrown) {
      throw await this.#refused(thrown, trail);
    }
  }

  async read(operation: ValueOperation, { params = {} }: Asked, most: number): Promise<Beginning> {
    const visit = await this.#visit(this.#endpoint(operation));
    try {
      const service = this.#front.service.for(this.#call(visit, undefined));
      return await beginningOf(await VALUES[operation](service, params), most);
    } catch (thrown) {
      throw await this.#refused(thrown, undefined);
    } finally {
      visit.leave();
    }
  }

  #endpoint(operation: Operation): Endpoint {
    const endpoint = this.#endpoints.get(operation);
    if (endpoint === undefined) throw new Error(`there is no endpoint ${operation}`);
    return endpoint;
  }

  async #perform(endpoint: Endpoint, asked: Asked, trail: Trail | undefined): Promise<Reply> {
    const replies: Reply[] = [];
    await perform(endpoint, this.#front, {
      sent: { params: asked.params ?? {}, query: asked.query ?? {}, body: asked.body },
      request: this.#asIfSent(asked),
      response: this.#response,
      since: performance.now(),
      callOf: (visit) => this.#call(visit, trail),
      answer: async (reply) => void replies.push(reply),
    });
    const [reply] = replies;
    if (reply === undefined) throw new Error(`${endpoint.operation} has no reply`);
    return reply;
  }

  /** The request with the headers that it would have; endpoints read nothing else of it. */
  #asIfSent({ body, key }: Asked): Request {
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': typeof body === 'string' ? definitionType(body) : 'application/json',
      }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    return Object.create(this.#request, { headers: { value: headers } }) as Request;
  }

  #call(visit: Visit, record: Trail | undefined): Call {
    return {
      caller: callerOf('http', this.#request.headers, this.#request.socket.remoteAddress),
      answerBy: visit.since + this.#front.answerMs,
      record,
      rest: () => visit.leave(),
    };
  }

  async #visit(endpoint: Endpoint): Promise<Visit> {
    try {
      return await Visit.begin(this.#front.admission, laneOf(endpoint), performance.now());
    } catch (thrown) {
      throw await this.#refused(thrown, undefined);
    }
  }

  #trail(operation: Operation, endpoint: Endpoint, asked: Asked): Trail {
    const { headers, socket, id } = this.#request;
    const trail = this.#front.service.record({
      id: typeof id === 'string' ? id : crypto.randomUUID(),
      caller: callerOf('http', headers, socket.remoteAddress),
      method: METHOD,
      route: `${BASE}${endpoint.path}`,
      claim: () => actorOf(asked),
    });
    const { id: run, name: workflow } = asked.params ?? {};
    trail.note({
      action: endpoint.action ?? operation,
      ...(run !== undefined && { run }),
      ...(workflow !== undefined && { workflow }),
    });
    return trail;
  }

  /** What a tool is told of anything thrown; what is no error of ours stands in the log. */
  async #refused(thrown: unknown, trail: Trail | undefined): Promise<Refusal> {
    const error = requestErrorOf(thrown);
    const status = statusOf(error);
    await trail?.end({ status, code: error.code });
    const { log, id } = this.#request;
    if (status === 500) log.error({ err: thrown, code: error.code }, 'a tool failed');
    return new Refusal(problemOf(error, typeof id === 'string' ? id : undefined));
  }
}

type Read = (service: UseCases, params: Readonly<Record<string, string>>) => Promise<WholeValue>;

/** Values do not go through their endpoints, which write them to a response whole. */
const VALUES: Readonly<Record<ValueOperation, Read>> = {
  getRunOutput: (service, { id = '' }) => service.getRunOutput(id),
  getRunStepOutput: (service, { id = '', key = '' }) => service.getRunStepOutput(id, key),
  getBlob: async (service, { hash = '' }) => ({ stored: await service.getBlob(hash) }),
};

async function beginningOf(whole: WholeValue, most: number): Promise<Beginning> {
  let text = '';
  if ('value' in whole) text = writeJson(whole.value) ?? 'null';
  else {
    for await (const part of whole.stored.parts()) {
      text += part;
      if (text.length > most) break;
    }
  }
  return { text: text.slice(0, most), isWhole: text.length <= most };
}

/** Who says to have asked for it. */
function actorOf({ body, query = {} }: Asked): unknown {
  return typeof body === 'object' && body !== null && 'by' in body ? body.by : query['by'];
}
