/**
 * A way from the worker to Temporal that can be broken: the worker's native connection goes through a socket of this
 * process, on loopback. A server that says nothing any more would otherwise be noticed after 45 to 75 s, since the SDK's
 * keep-alive cannot be set; so it is asked again and again, and when it stays silent all sockets are broken, whereupon
 * the SDK connects anew at once.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from '../log/log.ts';

const USUAL_PORT = 7233;
const ASK_EVERY_MS = 1_000;
const ANSWER_MS = 2_000;
/** One late answer may be our own fault: this process was busy. */
const MISSES = 2;

export interface Relay {
  /** `host:port` to connect to. */
  readonly address: string;
  /** Breaks every connection; new ones are made to the target again. */
  break(): void;
}

/** Opens a relay to `host:port`. It keeps no process alive. */
export async function openRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || USUAL_PORT), noDelay: true };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(to);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => {})
        .once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve).unref();
  });
  server.on('error', () => {});
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    break: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Breaks the relay whenever the server stays silent, until `signal` aborts. Never throws. */
export async function breakSilence(
  connection: NativeConnection,
  relay: Relay,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let missed = 0;
  while (!signal.aborted) {
    await sleep(ASK_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    missed = (await answers(connection)) ? 0 : missed + 1;
    if (missed < MISSES) continue;
    if (missed === MISSES) log.warn('Temporal says nothing any more; connecting anew');
    relay.break();
  }
}

/** Whether the server said anything in time, and be it no. */
async function answers(connection: NativeConnection): Promise<boolean> {
  const asked = connection
    .withDeadline(Date.now() + ANSWER_MS, () => connection.workflowService.getSystemInfo({}))
    .then(
      () => true,
      (error: unknown) => !SILENT.has((error as { code?: number }).code ?? 0),
    );
  return Promise.race([asked, sleep(ANSWER_MS, false, { ref: false })]);
}

/** gRPC's CANCELLED and DEADLINE_EXCEEDED: how the SDK tells a deadline that has passed. */
const SILENT: ReadonlySet<number> = new Set([1, 4]);
