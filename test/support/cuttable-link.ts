/**
 * A TCP link to a server that a test can make bad: cut (connections break, new ones are refused), silent (a black hole:
 * new connections are taken, and nothing passes any more), slow. A connection that was open during a silence stays
 * silent for ever, as one whose other side has vanished.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Pace {
  /** Before each piece. */
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
}

export interface Link {
  /** Where clients connect. */
  readonly port: number;
  /** Connections that are open now. */
  open(): number;
  cut(): Promise<void>;
  join(): Promise<void>;
  /** Breaks all connections (RST); new ones pass. */
  reset(): void;
  /** From now on nothing passes. */
  swallow(): void;
  /** New connections pass again. */
  hear(): void;
  pace(pace: Pace): void;
}

/** Opens a link to `host:port` on a free port of the loopback interface. */
export async function openLink(host: string, port: number): Promise<Link> {
  const sockets = new Set<Socket>();
  const pairs = new Set<{ isDead: boolean }>();
  const state = { isSilent: false, pace: {} as Pace };
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    return socket.setNoDelay();
  };
  const server = createServer((client) => {
    const pair = { isDead: state.isSilent };
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    const upstream = keep(connect(port, host));
    void pump(keep(client), upstream);
    void pump(upstream, client);

    async function pump(from: Socket, to: Socket): Promise<void> {
      try {
        for await (const chunk of from) {
          for (const piece of piecesOf(chunk as Buffer, state.pace)) {
            await delay(piece.length, state.pace);
            pass(() => to.writable && to.write(piece));
          }
          if (to.writableNeedDrain) await drained(to);
        }
        pass(() => to.end());
      } catch {
        pass(() => to.destroy());
      }
    }

    function pass(act: () => void): void {
      if (!pair.isDead) act();
    }
  });
  const listen = (at: number) => new Promise<void>((ready) => server.listen(at, '127.0.0.1', ready));
  await listen(0);
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    open: () => sockets.size / 2,
    cut: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    join: () => listen(address.port),
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    swallow: () => {
      state.isSilent = true;
      for (const pair of pairs) pair.isDead = true;
    },
    hear: () => (state.isSilent = false),
    pace: (pace) => (state.pace = pace),
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((done) => socket.once('drain', done).once('close', done));
}

/** What passes at once: a tenth of a second's worth. */
function piecesOf(chunk: Buffer, { bytesPerSecond }: Pace): Buffer[] {
  if (bytesPerSecond === undefined) return [chunk];
  const size = Math.max(1, Math.floor(bytesPerSecond / 10));
  const count = Math.ceil(chunk.length / size);
  return Array.from({ length: count }, (_, i) => chunk.subarray(i * size, (i + 1) * size));
}

async function delay(bytes: number, { latencyMs = 0, bytesPerSecond }: Pace): Promise<void> {
  const ms = latencyMs + (bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1_000);
  if (ms > 0) await sleep(ms);
}
