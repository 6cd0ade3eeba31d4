/**
 * The way of MCP tools to Baton inside the process of the API: the very endpoints that HTTP has, with their checks, lanes,
 * deadlines and rows in the audit log. Nothing goes over a socket.
 */
import type { Request } from 'express';
import { requestErrorOf, problemOf, statusOf } from '../http/problem.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { laneOf } from '../http/endpoint.ts';
import { callerOf } from '../http/caller.ts';
import { Visit } from '../http/visit.ts';
import { askEndpoint, innerCall, type Way } from '../inner/ask-endpoint.ts';
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
import type { UseCases, WholeValue } from '../../service/index.ts';

/** Where what comes in by MCP is told to come from. */
const METHOD = 'MCP';

export class InnerDoor implements Door {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #front: Front;
  readonly #way: Way;
  readonly #log: Request['log'];

  /** @param request the one of the protocol, over which the tool was called */
  constructor(endpoints: ReadonlyMap<string, Endpoint>, front: Front, request: Request) {
    const { headers, socket, id, log } = request;
    this.#endpoints = endpoints;
    this.#front = front;
    this.#log = log;
    this.#way = {
      method: METHOD,
      caller: callerOf('http', headers, socket.remoteAddress),
      traceparent: request.get('traceparent'),
      id: typeof id === 'string' ? id : crypto.randomUUID(),
    };
  }

  async ask(operation: Operation, { key, ...asked }: Asked): Promise<Answer> {
    const { body } = asked;
    const headers = {
      ...(body !== undefined && {
        'content-type': typeof body === 'string' ? definitionType(body) : 'application/json',
      }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    try {
      const endpoint = this.#endpoint(operation);
      const reply = await askEndpoint(this.#front, endpoint, { ...asked, headers }, this.#way);
      // As it would have come over a wire: JSON and nothing else.
      return { status: reply.status, body: readJson(writeJson(reply.body) ?? 'null') };
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  async read(operation: ValueOperation, { params = {} }: Asked, most: number): Promise<Beginning> {
    const visit = await this.#visit(this.#endpoint(operation));
    try {
      const service = this.#front.service.for({
        ...innerCall(this.#front, this.#way, visit.since),
        rest: () => visit.leave(),
      });
      return await beginningOf(await VALUES[operation](service, params), most);
    } catch (thrown) {
      throw this.#refused(thrown);
    } finally {
      visit.leave();
    }
  }

  #endpoint(operation: Operation): Endpoint {
    const endpoint = this.#endpoints.get(operation);
    if (endpoint === undefined) throw new Error(`there is no endpoint ${operation}`);
    return endpoint;
  }

  async #visit(endpoint: Endpoint): Promise<Visit> {
    try {
      return await Visit.begin(this.#front.admission, laneOf(endpoint), performance.now());
    } catch (thrown) {
      throw this.#refused(thrown);
    }
  }

  /** What a tool is told of anything thrown; what is no error of ours stands in the log. */
  #refused(thrown: unknown): Refusal {
    const error = requestErrorOf(thrown);
    if (statusOf(error) === 500)
      this.#log.error({ err: error.cause ?? thrown, code: error.code }, 'a tool failed');
    return new Refusal(problemOf(error, this.#way.id));
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
