/** What errors mean, for people: where the `type` of a problem leads to. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { NotFoundError } from '../../errors/errors.ts';
import { errorPages, type Page } from '../docs/error-pages.ts';
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { ErrorPageParams } from '../../contract/shared/params.ts';

const TYPES = ['text/markdown', 'text/html', 'text/plain'] as const;
const responses = { 200: { description: 'The page.', schema: z.string(), types: TYPES } };
/** Nothing but the page's own style. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const all = endpoint({
  method: 'get',
  path: '/docs/errors',
  operation: 'listErrors',
  tag: 'service',
  summary: 'All codes of errors: when they come, and what to do',
  responses,
  handle: async ({ request, response }) => sendPage(request, response, errorPages().all),
});

const one = endpoint({
  method: 'get',
  path: '/docs/errors/:code',
  operation: 'getError',
  tag: 'service',
  summary: 'What a code of errors means: where the `type` of a problem leads to',
  params: ErrorPageParams,
  responses,
  problems: ['code_not_found'],
  handle: async ({ params: { code }, request, response }) => {
    const page = errorPages().byCode.get(code);
    if (page === undefined) {
      throw new NotFoundError('code_not_found', `There is no error "${code}". See /docs/errors.`);
    }
    sendPage(request, response, page);
  },
});

/** Browsers get HTML; who says nothing gets it as it was written. */
function sendPage(request: Request, response: Response, { html, markdown }: Page): void {
  const type = request.accepts([...TYPES]);
  response
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache', Vary: 'Accept' })
    .type(type === false ? TYPES[0] : type)
    .send(type === 'text/html' ? html : markdown);
}

export const docsRoutes: readonly Endpoint[] = [all, one];
