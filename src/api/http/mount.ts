/** Puts endpoints on an Express router. */
import { isUtf8 } from 'node:buffer';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Front } from '../front.ts';
import type { Admission } from './admission.ts';
import { callOf } from './call.ts';
import type { Endpoint, Reply, RouteGroup } from './endpoint.ts';
import { HttpError } from './http-error.ts';
import { trailOf } from './leave-trail.ts';
import { bodyRefusalOf } from '../../listeners/refusal.ts';
import { markRoute } from '../metrics/metrics.ts';
import { jsonBody } from './json-body.ts';
import { perform } from './perform.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { JsonTooLarge, countValues, type JsonLimits } from '../../plan/json-text.ts';
import { JSON_TOO_LARGE, NOT_UTF8 } from './problem.ts';

/** Largest body in bytes. */
export const BODY_LIMIT = 1024 * 1024;
/** Longest that a body may take to arrive. */
const BODY_MS = 30_000;

/** Of a body that is JSON, looked at before it is parsed. */
export const BODY_LIMITS: JsonLimits = { values: 100_000, depth: 1_000 };

/** Bytes that are no text would come out as replacement characters, which nobody has sent. */
const assertUtf8 = (_request: unknown, _response: unknown, body: Buffer, encoding: string) => {
  if (encoding !== 'utf-8' || isUtf8(body)) return;
  throw Object.assign(new Error('the body is not UTF-8'), { type: NOT_UTF8 });
};

const assertBearable = (request: unknown, response: unknown, body: Buffer, encoding: string) => {
  assertUtf8(request, response, body, encoding);
  if (encoding !== 'utf-8')
    throw Object.assign(new Error(`charset "${encoding}" is not taken`), { type: 'charset.unsupported' });
  try {
    countValues(body.toString(), BODY_LIMITS);
  } catch (error) {
    throw error instanceof JsonTooLarge ? Object.assign(error, { type: JSON_TOO_LARGE }) : error;
  }
};

/** A router with all endpoints; of a known path OPTIONS tells the methods, and another one is answered 405. */
export function mount({ base, endpoints }: RouteGroup, front: Front): Router {
  const router = Router();
  for (const endpoint of endpoints) {
    const mark = markRoute(`${base}${endpoint.path}`);
    const parsers = bodyParsers(endpoint, front.admission);
    const trail = enterTrail(endpoint, base);
    router[endpoint.method](endpoint.path, mark, noteTime, trail, ...parsers, handlerOf(endpoint, front));
  }
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const methods = endpoints
      .filter((endpoint) => endpoint.path === path)
      .map((one) => one.method.toUpperCase());
    const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    router.all(path, tellMethods(allowed));
  }
  return router;
}

function handlerOf(endpoint: Endpoint, front: Front): RequestHandler {
  return async (request, response) => {
    await perform(endpoint, front, {
      sent: request,
      ...{ request, response },
      since: timeOf(response),
      callOf: (visit) => callOf(request, response, visit, front.answerMs),
      answer: (reply) => send(response, reply),
    });
  };
}

async function send(response: Response, { status, headers = {}, body }: Reply): Promise<void> {
  await trailOf(response)?.end({ status, code: null });
  response.status(status).set(headers).set('Cache-Control', 'no-store').type('json').send(writeJson(body));
}

/** Notes what can be told before anything is checked. */
function enterTrail({ path, action, operation }: Endpoint, base: string): RequestHandler {
  return (request, response, next) => {
    const trail = trailOf(response);
    trail?.enter(`${base}${path}`);
    if (action === null) trail?.drop();
    const { id, name, workflow_name: workflow = name } = request.params;
    trail?.note({
      action: action ?? operation,
      ...(typeof id === 'string' && { run: id }),
      ...(typeof workflow === 'string' && { workflow }),
    });
    next();
  };
}

const noteTime: RequestHandler = (_request, response, next) => {
  response.locals['since'] = performance.now();
  next();
};

function timeOf(response: Response): number {
  return Number(response.locals['since']);
}

function bodyParsers(endpoint: Endpoint, admission: Admission): RequestHandler[] {
  if (endpoint.body === undefined) return [refuseSimpleBody];
  const { body } = endpoint;
  const types = body.kind === 'json' ? ['application/json'] : [...body.types];
  const limit = (body.kind === 'json' ? body.bytes : undefined) ?? BODY_LIMIT;
  const parser =
    body.kind === 'json'
      ? jsonBody({ limit, verify: assertBearable })
      : [express.text({ limit, type: types, verify: assertUtf8 })];
  return [requireType(types), holdBody(admission, limit), ...parser];
}

/** Counts the body among those that are held, until the answer has gone; one that does not come is cut off. */
function holdBody(admission: Admission, limit: number): RequestHandler {
  return (request, response, next) => {
    if (!hasBody(request)) return next();
    const place = admission.holdBody(mostBytes(request, limit));
    const tooSlow = setTimeout(() => request.destroy(), BODY_MS);
    request.once('close', () => clearTimeout(tooSlow)).once('end', () => clearTimeout(tooSlow));
    response.once('close', () => place.leave());
    next();
  };
}

/** What is packed, or does not say its length, may be as large as a body may be. */
function mostBytes(request: Request, limit: number): number {
  const isPlain =
    request.get('content-encoding') === undefined && request.get('transfer-encoding') === undefined;
  return isPlain ? Math.min(Number(request.get('content-length')), limit) : limit;
}

/** Nobody reads a body here, but a form of a foreign page must not do anything either. */
const refuseSimpleBody: RequestHandler = (request, _response, next) => {
  const refusal = bodyRefusalOf(request);
  next(refusal && new HttpError(refusal.code, refusal.message));
};

/** A body of another type is refused, not ignored. */
function requireType(types: string[]): RequestHandler {
  return (request, _response, next) => {
    if (!hasBody(request) || request.is(types) !== false) return next();
    const given = request.get('content-type') ?? 'none';
    const message = `The body's Content-Type is ${given}; this route takes ${types.join(', ')}.`;
    next(new HttpError('unsupported_media_type', message, { headers: { Accept: types.join(', ') } }));
  };
}

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}

/** @param allowed the methods that the path has, as `Allow` lists them */
function tellMethods(allowed: string): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'OPTIONS') return void response.status(204).set('Allow', allowed).end();
    const message = `${request.method} is not known here; this route takes ${allowed}.`;
    next(new HttpError('method_not_allowed', message, { headers: { Allow: allowed } }));
  };
}
