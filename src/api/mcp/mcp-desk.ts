/**
 * Answers requests to `/mcp`. Each has a server of its own that keeps nothing, so that clients may come to any process of the
 * API. What tools do goes through the endpoints below `/api/v1`.
 */
import type { Request, Response } from 'express';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { clientName } from '../../mcp/client-name.ts';
import { parseScopes, SCOPE_FORM, SCOPES, within, type Scope } from '../../mcp/scope.ts';
import { createMcpServer } from '../../mcp/server.ts';
import type { Front } from '../front.ts';
import type { Endpoint, RouteGroup } from '../http/endpoint.ts';
import { HttpError } from '../http/http-error.ts';
import type { Message } from './endpoint.ts';
import { InnerDoor } from './inner-door.ts';
import { OpenCalls } from './open-calls.ts';
import { nameIn, sessionOf } from './session-name.ts';

const BASE = '/api/v1';
const SESSION = 'Mcp-Session-Id';
const SCOPE = 'Baton-Mcp-Scope';

interface Visitor {
  readonly message: Message;
  /** Scopes, as its address says. */
  readonly wanted: readonly Scope[];
  readonly request: Request;
  readonly response: Response;
}

export class McpDesk {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;
  readonly #open = new OpenCalls();

  constructor(routes: readonly RouteGroup[]) {
    const endpoints = routes.filter(({ base }) => base === BASE).flatMap((group) => group.endpoints);
    this.#endpoints = new Map(endpoints.map((one) => [one.operation, one]));
  }

  /** Resolves when the answer is written. @throws HttpError */
  async serve(front: Front, { message, wanted, request, response }: Visitor): Promise<void> {
    const scopes = within(scopesOf(front, request), wanted);
    const session = sessionFor(message, request, response);
    if (message.method === 'notifications/cancelled')
      this.#open.cancel(session, message.params?.['requestId']);
    const server = createMcpServer({
      version: front.service.about.version,
      door: new InnerDoor(this.#endpoints, front, request),
      scopes,
      client: (told) => ({ name: nameIn(session) ?? clientName(told), session: session ?? null }),
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    const end = async () => {
      await server
        .close()
        .catch((error: unknown) => front.log.warn({ err: error }, 'a call of /mcp did not end well'));
    };
    response.once('close', () => void end());
    this.#open.add(session, message.id, end, response);
    // The SDK's own interface does not allow for members that are undefined, which its transport has.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response, message);
  }
}

/** Those of the installation, as far as a header narrows them. @throws HttpError */
function scopesOf({ mcpScopes }: Front, request: Request): readonly Scope[] {
  if (mcpScopes.length === 0)
    throw new HttpError('route_not_found', 'There is no MCP server here: BATON_MCP_SCOPE is none.');
  const header = request.get(SCOPE);
  const told = header === undefined ? SCOPES : parseScopes(header);
  if (told === undefined)
    throw new HttpError('invalid_request', `The header ${SCOPE} is not in its form: ${SCOPE_FORM}.`);
  return within(mcpScopes, told);
}

/** Its session; a client that comes gets one. What is none of ours counts as none. */
function sessionFor({ method, params }: Message, request: Request, response: Response): string | undefined {
  const told = request.get(SESSION);
  if (method !== 'initialize') return nameIn(told) === undefined ? undefined : told;
  const { name } = (params?.['clientInfo'] ?? {}) as { readonly name?: unknown };
  const session = sessionOf(typeof name === 'string' ? name : undefined);
  response.set(SESSION, session);
  return session;
}
