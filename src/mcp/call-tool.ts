/** One call of a tool: its arguments are checked, it asks Baton for what it needs, and whatever comes of it is a result. */
import { createHash } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { writeJson } from '../plan/exact-json.ts';
import { refusalResult, resultOf } from './answers/result.ts';
import { Refusal, type Door } from './door.ts';
import type { Call, Tool } from './tool.ts';

/** Who calls, and how: what every way to the server knows. */
export interface Client {
  /** What it calls itself, for the record. */
  readonly name: string;
  /** Of its connection; null where requests of one client cannot be told from those of another. */
  readonly session: string | null;
}

export interface Invocation {
  readonly args: Readonly<Record<string, unknown>>;
  /** Of the protocol: a request that is sent again has the same one within its session. */
  readonly requestId: string | number;
  readonly signal: AbortSignal;
  readonly progress: Call['progress'];
}

export async function callTool(
  tool: Tool,
  door: Door,
  client: Client,
  invocation: Invocation,
): Promise<CallToolResult> {
  try {
    const args = checked(tool, invocation.args);
    return resultOf(await tool.run(args, callOf(tool, door, client, invocation)));
  } catch (error) {
    if (error instanceof Refusal) return refusalResult(error);
    throw error;
  }
}

function callOf(
  tool: Tool,
  door: Door,
  client: Client,
  { args, requestId, signal, progress }: Invocation,
): Call {
  const order: Call['order'] = async <T>(...[operation, asked]: Parameters<Call['order']>) => {
    const { status, body } = await door.ask(operation, asked, signal);
    return { done: status !== 202, answer: body as T };
  };
  return {
    order,
    ask: async (operation, asked = {}) => (await order(operation, asked)).answer as never,
    read: (operation, asked, most) => door.read(operation, asked, most, signal),
    by: client.name,
    key: keyOf(tool.name, args, client.session, requestId),
    ...{ signal, progress },
  };
}

/** The same for a request that is sent again, and no other's. */
function keyOf(tool: string, args: unknown, session: string | null, requestId: string | number): string {
  if (session === null) return `mcp-${crypto.randomUUID()}`;
  const told = writeJson([session, requestId, tool, args]);
  return `mcp-${createHash('sha256').update(told).digest('hex').slice(0, 32)}`;
}

/** @throws Refusal `invalid_request` with each thing that is wrong */
function checked(tool: Tool, args: Readonly<Record<string, unknown>>): z.output<Tool['input']> {
  const parsed = tool.input.safeParse(args);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, code, message }) => ({
    ...{ path: path.join('.'), code, message },
  }));
  const detail = `The arguments of ${tool.name} are not in their form. Its input schema says what it takes.`;
  throw new Refusal({ code: 'invalid_request', detail, errors });
}
