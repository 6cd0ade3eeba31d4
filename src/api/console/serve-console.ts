/**
 * Serves the console: its files, and its page under every address that a person may have in a browser and no route has.
 * The page's policy allows scripts and styles of this server alone, and no other page may put it into a frame.
 */
import { randomBytes } from 'node:crypto';
import compression from 'compression';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { BuiltConsole } from './built-console.ts';

/** Addresses of programs: what is not there is not there, whoever asks. */
const OF_PROGRAMS = /^\/(?:api|docs|health|metrics|socket\.io|assets)(?:\/|$)/;
const YEAR_SECONDS = 31_536_000;

/** @param built undefined: everything is left to the next handler */
export function serveConsole(built: BuiltConsole | undefined): RequestHandler {
  const router = Router();
  if (built === undefined) return router;
  router.use(compression());
  const files = { fallthrough: true, index: false, redirect: false } as const;
  const assets = express.static(`${built.folder}/assets`, {
    ...files,
    immutable: true,
    maxAge: YEAR_SECONDS * 1000,
  });
  router.use('/assets', assets);
  // Those whose names stay the same: asked for again each time.
  router.use(
    express.static(built.folder, { ...files, dotfiles: 'ignore', cacheControl: false, setHeaders: notKept }),
  );
  // No route of the API: a page answers whatever nobody else does.
  router.use((request, response, next) => {
    if (!isVisit(request)) return next();
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('content-security-policy', policy(nonce));
    notKept(response);
    response.type('html').send(built.page(nonce));
  });
  return router;
}

/** Somebody opens an address in a browser. */
function isVisit(request: Request): boolean {
  const { method, path } = request;
  return (
    (method === 'GET' || method === 'HEAD') &&
    !OF_PROGRAMS.test(path) &&
    request.accepts(['json', 'html']) === 'html'
  );
}

function notKept(response: Response): void {
  response.setHeader('cache-control', 'no-cache');
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self'`,
    // Libraries add styles while the page runs: they carry the nonce.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
