/** The call of a use case that a request makes. */
import type { Request, Response } from 'express';
import type { Call } from '../../service/index.ts';
import { callerOf } from './caller.ts';
import { trailOf } from './leave-trail.ts';
import type { Visit } from './visit.ts';

/** Gives up its place in its lane when its work is done. @param answerMs as the front has it */
export function callOf(request: Request, response: Response, visit: Visit, answerMs: number): Call {
  return {
    caller: callerOf('http', request.headers, request.socket.remoteAddress),
    answerBy: visit.since + answerMs,
    record: trailOf(response),
    traceparent: request.get('traceparent'),
    rest: () => visit.leave(),
  };
}
