/**
 * Keeps pages of other origins out: the API has no login, so a browser on the same machine must not be a way in.
 *
 * A request that names another `Origin` than its own `Host` is refused, and while the API listens on loopback only, so
 * is any `Host` that is no loopback name (DNS rebinding). Programs send no Origin and are not concerned.
 */
import type { RequestHandler } from 'express';
import { HttpError } from './http-error.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/** True for an address that only this machine can reach. */
function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

export function localOnly(listenHost: string): RequestHandler {
  const loopback = isLoopback(listenHost);
  return (request, _response, next) => {
    const host = request.get('host') ?? '';
    const origin = request.get('origin');
    if (loopback && !isLoopback(host)) {
      next(
        new HttpError('host_refused', `The API listens on loopback only and does not answer for "${host}".`),
      );
    } else if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
      next(
        new HttpError(
          'cross_origin',
          `A page of ${origin} may not call this API. Call it from its own origin.`,
        ),
      );
    } else next();
  };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
