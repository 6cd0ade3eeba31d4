/** The call of a use case that a request makes. */
import type { Request, Response } from 'express';
import type { Call } from '../../service/index.ts';
import { callerOf } from './caller.ts';
import { trailOf } from './leave-trail.ts';
import type { Visit } from './visit.ts';

/** An answer that waits for nothing but the tables is given within so many ms of the request. */
const ANSWER_MS = 450;

/** Gives up its place in its lane when its work is done. */
export function callOf(request: Request, response: Response, visit: Visit): Call {
  return {
    caller: callerOf('http', request.headers, request.socket.remoteAddress),
    answerBy: visit.since + ANSWER_MS,
    record: trailOf(response),
    rest: () => visit.leave(),
  };
}
