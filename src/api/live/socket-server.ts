/**
 * Socket.IO on the API's own HTTP server, under `/socket.io`. Only who may call the API may open a socket.
 *
 * When the process ends, sockets are closed so that their clients come back by themselves, elsewhere.
 */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import type { DoorPolicy } from '../../listeners/door-policy.ts';
import { callerRefusalOf } from '../../listeners/refusal.ts';
import { toBatonError } from '../../errors/errors.ts';
import type { Front } from '../front.ts';
import { exactParser } from './exact-parser.ts';
import { RunSocket } from './run-socket.ts';

/** Clients send subscriptions only. Bytes. */
const MAX_SENT = 64 * 1024;
/** How long a client may take to part. */
const PARTING_MS = 1_000;

/** @param policy the API's own: Socket.IO takes its requests before the app sees them, upgrades included. */
export function attachSockets(server: HttpServer, front: Front, policy: DoorPolicy): void {
  const io = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: MAX_SENT,
    parser: exactParser,
  });
  // Every request, also those of a socket that stands, and upgrades. (Their bodies are text: a session's id guards them.)
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const refusal = callerRefusalOf(policy, request);
    if (refusal === undefined) return next();
    // One after the other: the response of an upgrade does not chain.
    response.writeHead(refusal.status);
    response.end(refusal.message);
  });
  io.on('connection', (socket) => receive(socket, front));
  endWith(front.closing, server, io);
}

/** Who finds no room hears why, and comes back later. */
function receive(socket: Socket, front: Front): void {
  try {
    const place = front.admission.addReader();
    socket.once('disconnect', () => place.leave());
  } catch (error) {
    const { code, message: detail } = toBatonError(error);
    socket.emit('cut', { code, detail });
    socket.conn.close();
    return;
  }
  new RunSocket(socket, front);
}

/** The server does not know of connections that became web sockets: it would wait for them for ever. */
function endWith(closing: AbortSignal, server: HttpServer, io: Server): void {
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (_request, connection: Duplex) => {
    upgraded.add(connection);
    connection.once('close', () => upgraded.delete(connection));
  });
  closing.addEventListener('abort', () => {
    io.engine.close();
    setTimeout(() => {
      for (const connection of upgraded) connection.destroy();
    }, PARTING_MS).unref();
  });
}
