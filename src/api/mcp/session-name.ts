/**
 * The session of an MCP client over HTTP, which no process keeps: its id holds what the client called itself when it came.
 * So any process of the API can answer it. It proves nothing, and gives no right.
 */
import { clientName } from '../../mcp/client-name.ts';

const FORM = /^[0-9a-f-]{36}\.([\w-]{1,600})$/;

/** An id for a client that has just told its name. */
export function sessionOf(name: string | undefined): string {
  return `${crypto.randomUUID()}.${Buffer.from(clientName(name)).toString('base64url')}`;
}

/** What the client called itself; undefined for what is no id of ours. */
export function nameIn(session: string | undefined): string | undefined {
  const [, told] = FORM.exec(session ?? '') ?? [];
  return told === undefined ? undefined : clientName(Buffer.from(told, 'base64url').toString());
}
