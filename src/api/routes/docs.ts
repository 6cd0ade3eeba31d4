/** What errors mean, for people: where the `type` of a problem leads to. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { NotFoundError } from '../../errors/errors.ts';
import { documents } from '../docs/documents.ts';
import { errorPages, type Page } from '../docs/error-pages.ts';
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { HttpError } from '../http/http-error.ts';
import { DocumentParams, ErrorPageParams } from '../../contract/shared/params.ts';

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

const markdown = { 200: { description: 'Markdown.', schema: z.string(), types: ['text/markdown'] } } as const;

const list = endpoint({
  method: 'get',
  path: '/llms.txt',
  operation: 'listDocuments',
  tag: 'service',
  summary: 'What there is to read about Baton, for programs with models',
  responses: markdown,
  handle: async ({ response }) => sendMarkdown(response, documents().list),
});

const whole = endpoint({
  method: 'get',
  path: '/llms-full.txt',
  operation: 'getDocuments',
  tag: 'service',
  summary: 'All of it in one text',
  responses: markdown,
  handle: async ({ response }) => sendMarkdown(response, documents().all),
});

const document = endpoint({
  method: 'get',
  path: '/docs/:page.md',
  operation: 'getDocument',
  tag: 'service',
  summary: 'A document about Baton',
  params: DocumentParams,
  responses: markdown,
  problems: ['route_not_found'],
  handle: async ({ params: { page }, response }) => {
    const text = documents().byName.get(`${page}.md`);
    if (text === undefined)
      throw new HttpError('route_not_found', `There is no document "${page}". See /llms.txt.`);
    sendMarkdown(response, text);
  },
});

function sendMarkdown(response: Response, text: string): void {
  response
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' })
    .type('text/markdown')
    .send(text);
}

/** Browsers get HTML; who says nothing gets it as it was written. */
function sendPage(request: Request, response: Response, { html, markdown }: Page): void {
  const type = request.accepts([...TYPES]);
  response
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache', Vary: 'Accept' })
    .type(type === false ? TYPES[0] : type)
    .send(type === 'text/html' ? html : markdown);
}

export const docsRoutes: readonly Endpoint[] = [all, one, list, whole, document];
