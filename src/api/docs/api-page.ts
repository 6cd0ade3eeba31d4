/**
 * The API as a page on which every request can be tried: Swagger UI over `/api/v1/openapi.json`. All of it comes from this
 * server: nothing inline runs, and nobody else is asked for anything.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import compression from 'compression';
import { Router, type RequestHandler } from 'express';
import { IS_BUILT, ROOT } from '../../places.ts';

const FILES = ['swagger-ui-bundle.js', 'swagger-ui.css'] as const;
const DAY_MS = 86_400_000;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Its icons are drawn in its styles.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The API of Baton</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<main id="api"></main>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</html>
`;

/** Nothing of what is tried is kept, and no foreign server is asked whether the document is right. */
const START = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

/** In the built product the files lie beside the programs. */
function folder(): string {
  if (IS_BUILT) return join(ROOT, 'dist', 'api-docs');
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

/** Below `/api/docs`. */
export function apiPage(): RequestHandler {
  const router = Router();
  router.use(compression(), (_request, response, next) => {
    response.setHeader('content-security-policy', POLICY);
    next();
  });
  router.get(
    '/',
    (_request, response) => void response.set('cache-control', 'no-cache').type('html').send(PAGE),
  );
  router.get(
    '/start.js',
    (_request, response) => void response.set('cache-control', 'no-cache').type('js').send(START),
  );
  const root = folder();
  for (const file of FILES)
    router.get(`/${file}`, (_request, response) => response.sendFile(file, { root, maxAge: DAY_MS }));
  return router;
}
