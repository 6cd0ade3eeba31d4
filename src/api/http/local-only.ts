/**
 * Keeps web pages out: the API has no login, so a browser must not be a way in. What is asked of a request stands in
 * `listeners/refusal.ts`; here it becomes a problem like all others. The types of bodies are each route's own
 * (`mount.ts`).
 */
import type { RequestHandler } from 'express';
import type { DoorPolicy } from '../../listeners/door-policy.ts';
import { callerRefusalOf } from '../../listeners/refusal.ts';
import { HttpError } from './http-error.ts';

/** Stands before everything that reads a request. */
export function localOnly(policy: DoorPolicy): RequestHandler {
  return (request, _response, next) => {
    const refusal = callerRefusalOf(policy, request);
    if (refusal === undefined) next();
    else next(new HttpError(refusal.code, refusal.message));
  };
}
