/**
 * Connections to MCP servers, kept for a while: starting a program for each call is slow, and many servers remember
 * what a session did. No two runs share a connection. One that has ended is never used again.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { unlessAborted } from '../../unless-aborted.ts';
import type { McpServer } from './mcp-server.ts';
import { openTransport, type TransportOptions } from './mcp-transport.ts';

/** A connection that nobody uses is closed after this. */
const IDLE_MS = 60_000;
const CONNECT_MS = 30_000;
/** One that is given up is closed after this: closing takes back what is being sent, such as that a call is cancelled. */
const LEAVE_MS = 500;

export interface McpTarget extends TransportOptions {
  readonly server: McpServer;
  readonly run: string;
}

export interface McpConnection {
  readonly client: Client;
  /** The end of what the server's program wrote to stderr. */
  readonly stderr: () => string;
  /** true when an earlier call had opened it. */
  readonly reused: boolean;
}

export interface McpPool {
  /** Runs `work` on the run's connection to the server. @throws McpUnreachable, and what `work` throws */
  use<T>(target: McpTarget, signal: AbortSignal, work: (connection: McpConnection) => Promise<T>): Promise<T>;
  /** The next call opens another connection. This one is closed when nobody uses it (any more). */
  drop(target: McpTarget): void;
  /** Closes all. */
  close(): Promise<void>;
}

/** The server cannot be started or reached, or does not speak MCP. */
export class McpUnreachable extends Error {
  override readonly name = 'McpUnreachable';
  readonly stderr: string;

  constructor(cause: unknown, stderr: string) {
    super('the server cannot be reached', { cause });
    this.stderr = stderr;
  }
}

interface Entry {
  readonly opening: Promise<Omit<McpConnection, 'reused'>>;
  users: number;
  opened: boolean;
  idle: NodeJS.Timeout | undefined;
}

/** Makes a pool; one for a process. */
export function createMcpPool(
  options: { readonly idleMs?: number; readonly connectMs?: number } = {},
): McpPool {
  const { idleMs = IDLE_MS, connectMs = CONNECT_MS } = options;
  const entries = new Map<string, Entry>();

  const forget = (key: string, entry: Entry): void => {
    clearTimeout(entry.idle);
    if (entries.get(key) === entry) entries.delete(key);
  };
  const shut = async (key: string, entry: Entry): Promise<void> => {
    forget(key, entry);
    const connection = await entry.opening.catch(() => null);
    await connection?.client.close().catch(() => {});
  };
  /** Nobody uses it: it waits for a next call, if one may come to it. */
  const rest = (key: string, entry: Entry): void => {
    const wait = entries.get(key) === entry ? idleMs : LEAVE_MS;
    entry.idle = setTimeout(() => void shut(key, entry), wait).unref();
  };
  const open = (key: string, target: McpTarget): Entry => {
    const entry: Entry = {
      opening: connect(target, connectMs, () => forget(key, entry)),
      users: 0,
      opened: false,
      idle: undefined,
    };
    entries.set(key, entry);
    entry.opening.catch(() => forget(key, entry));
    return entry;
  };

  return {
    use: async (target, signal, work) => {
      const key = keyOf(target);
      const entry = entries.get(key) ?? open(key, target);
      clearTimeout(entry.idle);
      entry.users++;
      try {
        // It is opened for all who wait for it: who is aborted leaves, and the others go on.
        const connection = await unlessAborted(entry.opening, signal);
        const reused = entry.opened;
        entry.opened = true;
        return await work({ ...connection, reused });
      } finally {
        entry.users--;
        if (entry.users === 0) rest(key, entry);
      }
    },
    drop: (target) => {
      const key = keyOf(target);
      const entry = entries.get(key);
      if (entry === undefined) return;
      forget(key, entry);
      if (entry.users === 0) rest(key, entry);
    },
    close: async () => {
      await Promise.all([...entries].map(([key, entry]) => shut(key, entry)));
    },
  };
}

function keyOf({ server, cwd, run }: McpTarget): string {
  return JSON.stringify([run, cwd, server]);
}

async function connect(
  target: McpTarget,
  timeout: number,
  onClose: () => void,
): Promise<Omit<McpConnection, 'reused'>> {
  let stderr = (): string => '';
  const client = new Client({ name: 'baton', version: '1' });
  client.onclose = onClose;
  // Lines that are no messages: servers that log to stdout go on working.
  client.onerror = () => {};
  try {
    const open = await openTransport(target.server, target);
    stderr = open.stderr;
    client.onclose = () => {
      onClose();
      void open.sweep();
    };
    await client.connect(open.transport, { timeout });
    return { client, stderr };
  } catch (error) {
    await client.close().catch(() => {});
    throw new McpUnreachable(error, stderr());
  }
}
