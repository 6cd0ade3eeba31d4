/** The OpenAPI 3.1 document, from the same declarations and schemas that serve the routes. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import type { Endpoint, ResponseSpec, RouteGroup } from './http/endpoint.ts';
import { PROBLEMS, type ProblemCode } from '../contract/problem-codes.ts';
import { PROBLEM_TYPE } from './http/problem.ts';
import { Problem } from '../contract/problem.ts';

/** The version of the interface: it changes with the path (`/api/v1`), not with each release. */
const API_VERSION = '1';

type Tag = Endpoint['tag'];
const TAGS: readonly (readonly [Tag, string])[] = [
  ['workflows', 'Definitions: published, versioned, never changed.'],
  ['runs', 'Runs of workflows, their steps and their record.'],
  ['views', 'Views of the list of runs that people keep.'],
  ['nodes', 'Programs of users that do steps of runs.'],
  ['webhooks', 'Where events of runs are sent.'],
  ['commands', 'What may be asked of a run.'],
  ['conversation', 'What people and agents say to each other.'],
  ['questions', 'What runs ask of people.'],
  ['agents', 'Model calls, transcripts, and going on with them.'],
  ['checkpoints', 'Points that a run can be set back to, or another forked from.'],
  ['values', 'Results whole.'],
  ['audit', 'Who changed what, or wanted to.'],
  ['service', 'For whoever runs this process, and what explains it.'],
];

/** The whole document. */
export function openApiDocument(groups: readonly RouteGroup[]) {
  const registry = new OpenAPIRegistry();
  for (const { base, endpoints } of groups) {
    for (const endpoint of endpoints) registry.registerPath(operationOf(base, endpoint));
  }
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: API_VERSION,
      description:
        'Durable AI-agent workflows. Lists answer `{items, next_cursor}`, errors are problem details.',
      contact: { name: 'The developers of Baton' },
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    // There is no login: who may call is for what stands in front.
    security: [],
    tags: TAGS.map(([name, description]) => ({ name, description })),
  });
  return { ...document, components: withoutDefaults(document.components) };
}

/**
 * What may be left out of a body is optional: generators make a member with a `default` required, in what is sent too. It
 * is told in words.
 */
function withoutDefaults<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutDefaults(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withoutDefaults(member)] as const);
  const all = Object.fromEntries(members) as Record<string, unknown>;
  if (!('default' in value) || !('type' in value || '$ref' in value || 'allOf' in value)) return all as T;
  const { default: normal, description, ...schema } = all;
  const told = `Default: ${JSON.stringify(normal)}.`;
  return { ...schema, description: typeof description === 'string' ? `${description} ${told}` : told } as T;
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

/** The path of a run, or of something of it. */
const RUN = /\/:id(?:\/|$)/;

/** What the route's own list leaves out because its form implies it. */
function problemCodes({
  body,
  method,
  params,
  path,
  problems: own = [],
  tag,
}: Endpoint): readonly ProblemCode[] {
  const sent = body !== undefined || params !== undefined || tag !== 'service';
  return [
    ...own,
    ...(method !== 'get' && RUN.test(path) ? (['run_imported'] as const) : []),
    ...(sent ? (['invalid_request'] as const) : []),
    ...(body === undefined ? [] : (['body_too_large', 'unsupported_media_type'] as const)),
    ...(body?.kind === 'json' ? (['invalid_json', 'number_out_of_range'] as const) : []),
    ...(tag === 'service' ? [] : ANYWHERE),
    // Whatever is asked, by whoever may not.
    'host_refused',
    'cross_origin',
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
