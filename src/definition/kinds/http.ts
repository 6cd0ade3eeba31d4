/** Steps of kind `http`: a request. */
import { z } from 'zod';
import type { Json, Path } from '../../plan/json.ts';
import type { HttpSpec } from '../../plan/plan.ts';
import { anything, checked, data, sent, template } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { noteVariables } from '../text/doubtful-texts.ts';
import type { Problems } from '../text/problem.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';
import { nodes } from './nodes.ts';

const schema = stepSchema({ http: anything });
type HttpStep = z.infer<typeof schema>;

const requestSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
  url: template.min(1),
  headers: z.record(checked, sent).optional(),
  query: z.record(checked, z.union([template, z.array(template), z.record(checked, anything)])).optional(),
  body: data.optional(),
});

export const httpDefinition: KindDefinition<HttpSpec, HttpStep> = {
  ...PLAIN,
  schema,
  takesSecrets: true,
  compile: compileHttp,
};

function compileHttp(step: HttpStep, context: KindContext): HttpSpec | null {
  const { path, problems, templates } = context;
  const at = [...path, 'http'];
  const http = shaped(requestSchema, step.http, at, problems);
  if (http === null) return null;
  for (const field of ['url', 'body'] as const) noteVariables(http[field], [...at, field], problems);
  if (http.method !== undefined || !hasMethod(step.http)) refuseBody(http, at, problems);
  return {
    kind: 'http',
    method: http.method ?? 'GET',
    url: templates.node(http.url, [...at, 'url']),
    headers: nodes(http.headers, [...at, 'headers'], context),
    query: nodes(http.query, [...at, 'query'], context),
    body: http.body === undefined ? null : templates.node(http.body as Json, [...at, 'body']),
  };
}

const hasMethod = (http: unknown): boolean =>
  typeof http === 'object' && http !== null && Object.hasOwn(http, 'method');

/** Without a method it is GET, and that sends none. */
function refuseBody(
  { method = 'GET', body }: { readonly method?: string | undefined; readonly body?: unknown },
  path: Path,
  problems: Problems,
): void {
  if (body === undefined || (method !== 'GET' && method !== 'HEAD')) return;
  const message = `A request with ${method} has no body.`;
  problems.error('field_without_effect', [...path, 'body'], message, 'Write method: POST beside it.', 'key');
}
