/**
 * Readers in a process of their own: sockets spread evenly over the runs. Tells its parent, once every run has ended
 * at every socket, how long each event was under way. What had happened before a socket subscribed does not count.
 */
import { io } from 'socket.io-client';

export interface Heard {
  /** ms from an event's time to its arrival. */
  readonly delays: readonly number[];
  /** Arrivals that were not the next of their run. */
  readonly gaps: number;
}

const [url = '', count = '0', ...runs] = process.argv.slice(2);
const delays: number[] = [];
let gaps = 0;

await Promise.all(Array.from({ length: Number(count) }, (_, n) => follow(runs[n % runs.length] ?? '')));
process.send?.({ delays, gaps } satisfies Heard, () => process.exit(0));

/** Resolves when the run has ended. */
function follow(runId: string): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  return new Promise((ended, failed) => {
    let since = Number.POSITIVE_INFINITY;
    let last = 0;
    socket.onAny((_name, event: { seq: number; type: string; ts: string; also?: string }) => {
      const now = Date.now();
      // It comes again under this name.
      if (event.also !== undefined) return;
      const at = Date.parse(event.ts);
      if (at >= since) delays.push(now - at);
      if (event.seq !== last + 1) gaps++;
      last = event.seq;
      if (event.type === 'complete') ended();
    });
    socket.once('connect_error', failed).once('connect', () => {
      socket.emit('subscribe:workflow', { runId, since: 0 }, (answer: { ok: boolean; detail?: string }) => {
        since = Date.now();
        if (!answer.ok) failed(new Error(answer.detail));
      });
    });
  });
}
