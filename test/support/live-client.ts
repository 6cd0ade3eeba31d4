/** A Socket.IO client of the API that remembers what came. */
import { io, type Socket } from 'socket.io-client';
import { afterAll } from 'vitest';

/** An event with the name under which it came. */
export interface Heard {
  readonly name: string;
  readonly runId: string;
  readonly seq: number;
  readonly type: string;
  readonly step: string | null;
  readonly data: unknown;
  readonly message: { readonly content: string | null; readonly author: string | null } | null;
}

interface Acknowledged {
  readonly ok: boolean;
  readonly seq?: number;
  readonly code?: string;
  readonly detail?: string;
}

export interface LiveClient {
  readonly socket: Socket;
  /** Events in the order in which they came. */
  readonly heard: Heard[];
  /** Why the server cut this client off. */
  readonly cuts: { readonly code: string }[];
  subscribe(runId: unknown, since?: unknown): Promise<Acknowledged>;
  /** Sends anything, and waits for the answer. */
  ask(name: string, ...sent: unknown[]): Promise<Acknowledged>;
  /** Breaks the connection without a word. */
  kill(): void;
  /** Takes nothing from the connection any more. */
  stopReading(): void;
  startReading(): void;
}

const clients: Socket[] = [];
afterAll(() => {
  for (const client of clients) client.disconnect();
});

/** Resolves when it is connected. */
export async function liveClient(
  url: string,
  options: { readonly transports?: readonly string[]; readonly reconnection?: boolean } = {},
): Promise<LiveClient> {
  const { transports = ['websocket'], reconnection = false } = options;
  const socket = io(url, { transports: [...transports], reconnection, forceNew: true });
  clients.push(socket);
  const heard: Heard[] = [];
  const cuts: { readonly code: string }[] = [];
  socket.onAny((name: string, event: Omit<Heard, 'name'>) => {
    if (name !== 'cut' && !name.startsWith('stream:')) heard.push({ name, ...event });
  });
  socket.on('cut', (reason: { readonly code: string }) => cuts.push(reason));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('connect_error', reject);
  });
  const ask: LiveClient['ask'] = async (name, ...sent) =>
    (await socket.timeout(20_000).emitWithAck(name, ...sent)) as Acknowledged;
  return {
    socket,
    heard,
    cuts,
    ask,
    subscribe: (runId, since) =>
      ask('subscribe:workflow', since === undefined ? { runId } : { runId, since }),
    kill: () => webSocketOf(socket).terminate(),
    stopReading: () => webSocketOf(socket).pause(),
    startReading: () => webSocketOf(socket).resume(),
  };
}

/** What lies below, as Node's client has it. */
function webSocketOf(socket: Socket): { terminate(): void; pause(): void; resume(): void } {
  const { transport } = socket.io.engine as unknown as { transport: { ws: ReturnType<typeof webSocketOf> } };
  return transport.ws;
}
