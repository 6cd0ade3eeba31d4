/** `/mcp`: Baton as an MCP server over streamable HTTP. What serves it is loaded at the first request. */
import * as z from 'zod';
import { parseScopes, SCOPE_FORM, SCOPES } from '../../mcp/scope.ts';
import { endpoint, type Endpoint, type RouteGroup } from '../http/endpoint.ts';

const ScopeText = z
  .string()
  .transform((text, context) => {
    const scopes = parseScopes(text);
    if (scopes !== undefined) return scopes;
    context.addIssue(SCOPE_FORM);
    return z.NEVER;
  })
  .optional()
  .meta({ type: 'string', description: `What the client may do: ${SCOPES.join(', ')}, with commas.` });

const Message = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    method: z.string().optional(),
    id: z.union([z.string(), z.number()]).optional(),
    params: z.looseObject({}).optional(),
  })
  .meta({ id: 'McpMessage', description: 'A message of JSON-RPC 2.0.' });

export type Message = z.output<typeof Message>;

/** @param routes asked for at the first request: they are not all known before */
export function mcpEndpoint(routes: () => readonly RouteGroup[]): Endpoint {
  const serving = once(async () => new (await import('./mcp-desk.ts')).McpDesk(routes()));
  return endpoint({
    method: 'post',
    path: '/mcp',
    operation: 'callMcp',
    action: null,
    tag: 'service',
    summary: 'Talk to Baton as an MCP server (streamable HTTP, JSON answers)',
    query: z.strictObject({ scope: ScopeText }),
    body: { kind: 'json', schema: Message },
    responses: {
      200: { description: 'The answer.', schema: z.looseObject({}) },
      202: { description: 'A notification was taken.' },
    },
    problems: ['too_many_readers'],
    handle: async ({ body, query, request, response, visit, front }) => {
      const desk = await serving();
      visit.stay();
      await desk.serve(front, { message: body, wanted: query.scope ?? SCOPES, request, response });
    },
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
