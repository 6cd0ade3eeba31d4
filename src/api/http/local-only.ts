/**
 * Keeps pages of other origins out: the API has no login, so a browser on the same machine must not be a way in.
 *
 * A request that names another `Origin` than its own `Host` is refused, and while the API listens on loopback only, so
 * is any `Host` that is no loopback name (DNS rebinding). Programs send no Origin and are not concerned.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { HttpError } from './http-error.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/** True for an address that only this machine can reach. */
function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

export function localOnly(listenHost: string): RequestHandler {
  return (request, _response, next) => {
    const refusal = refusalOf(listenHost, request.headers);
    if (refusal === undefined) next();
    else next(refusal);
  };
}

/** Why a request with these headers is refused; undefined when it is not. */
export function refusalOf(
  listenHost: string,
  { host = '', origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>,
): HttpError | undefined {
  if (isLoopback(listenHost) && !isLoopback(host)) {
    const message = `The API listens on loopback only and does not answer for "${host}".`;
    return new HttpError('host_refused', message);
  }
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
    const message = `A page of ${origin} may not call this API. Call it from its own origin.`;
    return new HttpError('cross_origin', message);
  }
  return undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
