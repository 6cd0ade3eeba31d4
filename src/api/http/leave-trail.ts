/**
 * Makes every request that would change something leave a row in `audit_log`: those that no route takes, that the check
 * of Host and Origin refuses, or that end before they were whole, too. Stands before all of these.
 */
import type { Request, RequestHandler, Response } from 'express';
import { Trail, type Service } from '../../service/index.ts';
import { callerOf } from './caller.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function leaveTrail(service: Service): RequestHandler {
  return (request, response, next) => {
    if (!SAFE.has(request.method)) {
      const trail = service.record({
        id: typeof request.id === 'string' ? request.id : crypto.randomUUID(),
        caller: callerOf('http', request.headers, request.socket.remoteAddress),
        method: request.method,
        route: request.path,
        claim: () => claimedActor(request),
      });
      response.locals['trail'] = trail;
      // Whoever answers ends it; this is for requests that got no answer.
      response.once('close', () => void trail.end({ status: response.statusCode, code: 'request_aborted' }));
    }
    next();
  };
}

/** The trail of this request, if it leaves one. */
export function trailOf(response: Response): Trail | undefined {
  const trail: unknown = response.locals['trail'];
  return trail instanceof Trail ? trail : undefined;
}

/** Who says to have sent it, also where the rest of it is not in its form. */
function claimedActor(request: Request): unknown {
  const { query } = request;
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null && 'by' in body ? body.by : query['by'];
}
