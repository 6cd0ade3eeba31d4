/** The OpenAPI 3.1 document, from the same declarations and schemas that serve the routes. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import type { Endpoint, ResponseSpec, RouteGroup } from './http/endpoint.ts';
import { PROBLEMS, type ProblemCode } from './http/catalogue.ts';
import { PROBLEM_TYPE } from './http/problem.ts';
import { Problem } from './schemas/problem.ts';

/** The version of the interface: it changes with the path (`/api/v1`), not with each release. */
const API_VERSION = '1';

/** The whole document. */
export function openApiDocument(groups: readonly RouteGroup[]) {
  const registry = new OpenAPIRegistry();
  for (const { base, endpoints } of groups) {
    for (const endpoint of endpoints) registry.registerPath(operationOf(base, endpoint));
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: API_VERSION,
      description:
        'Durable AI-agent workflows. Lists answer `{items, next_cursor}`, errors are problem details.',
    },
    servers: [{ url: '/' }],
  });
}

/** `/runs/:id` as OpenAPI writes it. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(base: string, endpoint: Endpoint): RouteConfig {
  return {
    method: endpoint.method,
    path: openApiPath(`${base}${endpoint.path}`),
    operationId: endpoint.operation,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    request: {
      ...(endpoint.params !== undefined && { params: endpoint.params }),
      ...(endpoint.query !== undefined && { query: endpoint.query }),
      ...(endpoint.headers !== undefined && { headers: endpoint.headers }),
      ...(endpoint.body !== undefined && { body: bodyOf(endpoint.body) }),
    },
    responses: { ...answers(endpoint.responses), ...problems(problemCodes(endpoint), endpoint.responses) },
  };
}

function bodyOf(body: NonNullable<Endpoint['body']>) {
  const types = body.kind === 'json' ? ['application/json'] : body.types;
  return { content: contentOf(types, body.schema) };
}

function answers(responses: Endpoint['responses']) {
  const described = ({ description, schema, types = ['application/json'], events }: ResponseSpec) => ({
    description,
    ...(schema !== undefined && {
      content: {
        ...contentOf(types, schema),
        ...(events !== undefined && contentOf(['text/event-stream'], events)),
      },
    }),
  });
  return Object.fromEntries(Object.entries(responses).map(([status, spec]) => [status, described(spec)]));
}

/** Of every route that is no probe. */
const ANYWHERE: readonly ProblemCode[] = ['internal', 'server_busy', 'database_unavailable', 'database_busy'];

/** What the route's own list leaves out because its form implies it. */
function problemCodes({ body, params, query, problems: own = [], tag }: Endpoint): readonly ProblemCode[] {
  const sent = body !== undefined || params !== undefined || query !== undefined;
  return [
    ...own,
    ...(sent ? (['invalid_request'] as const) : []),
    ...(body === undefined ? [] : (['body_too_large', 'unsupported_media_type'] as const)),
    ...(body?.kind === 'json' ? (['invalid_json', 'number_out_of_range'] as const) : []),
    ...(tag === 'service' ? [] : ANYWHERE),
  ];
}

function problems(codes: readonly ProblemCode[], taken: Endpoint['responses']) {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  const described = (status: number) => {
    const these = codes.filter((code) => PROBLEMS[code].status === status);
    return {
      description: these.map((code) => `\`${code}\``).join(', '),
      content: contentOf([PROBLEM_TYPE], Problem),
    };
  };
  const free = [...statuses].filter((status) => taken[status] === undefined);
  return Object.fromEntries(free.map((status) => [status, described(status)]));
}

function contentOf(types: readonly string[], schema: z.ZodType) {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}
