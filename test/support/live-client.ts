/** A Socket.IO client of the API that remembers what came. */
import { io, type Socket } from 'socket.io-client';
import type * as z from 'zod';
import {
  SocketAnswer,
  SocketCut,
  SocketEvent,
  SocketPiece,
  SocketStreamEnd,
} from '../../src/contract/socket.ts';
import { afterFile } from './after-file.ts';
import { PATIENCE_MS } from './until.ts';

/** An event with the name under which it came. */
export type Heard = z.output<typeof SocketEvent> & { readonly name: string };

export interface LiveClient {
  readonly socket: Socket;
  /** Events in the order in which they came. */
  readonly heard: Heard[];
  /** Why the server cut this client off. */
  readonly cuts: z.output<typeof SocketCut>[];
  subscribe(runId: unknown, since?: unknown): Promise<SocketAnswer>;
  /** Sends anything, and waits for the answer. */
  ask(name: string, ...sent: unknown[]): Promise<SocketAnswer>;
  /** Breaks the connection without a word. */
  kill(): void;
  /** Takes nothing from the connection any more. */
  stopReading(): void;
  startReading(): void;
}

// Made once: there are thousands of events.
const EVENT = SocketEvent.strict();
const PIECE = SocketPiece.strict();
const STREAM_END = SocketStreamEnd.strict();
const CUT = SocketCut.strict();

/** Resolves when it is connected. */
export async function liveClient(
  url: string,
  options: { readonly transports?: readonly string[]; readonly reconnection?: boolean } = {},
): Promise<LiveClient> {
  const { transports = ['websocket'], reconnection = false } = options;
  const socket = io(url, { transports: [...transports], reconnection, forceNew: true });
  afterFile(() => socket.disconnect());
  const heard: Heard[] = [];
  const cuts: z.output<typeof SocketCut>[] = [];
  // Whatever comes is in the contract's form.
  socket.onAny((name: string, sent: unknown) => {
    if (name === 'cut') cuts.push(CUT.parse(sent));
    else if (name === 'stream:piece') PIECE.parse(sent);
    else if (name === 'stream:end') STREAM_END.parse(sent);
    else heard.push({ name, ...EVENT.parse(sent) });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('connect_error', reject);
  });
  const ask: LiveClient['ask'] = async (name, ...sent) =>
    SocketAnswer.parse(await socket.timeout(PATIENCE_MS).emitWithAck(name, ...sent));
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
