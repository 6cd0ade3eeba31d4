/**
 * Follows what a run's agents say until the run has ended.
 *
 * Each event is sent once and in order, beginning after `after`: first what is still there, then what comes.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PAGE, type StreamEvent } from '../../streaming/streamer.ts';
import { Bell } from '../live/bell.ts';
import { SseWriter } from '../live/sse-writer.ts';
import { findRunStatus } from '../queries/find-run-status.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { StreamFilter } from '../../contract/stream.ts';
import type { Services } from '../services.ts';
import { pieceJson } from '../views/stream.ts';

const HEARTBEAT_MS = 15_000;
/** The end of an answer and the end of its run come by different ways; the former may be the later one by so much. */
const LATE_MS = 500;
/** Most events of one write. */
const WRITE = 50;

export interface StreamSubscription extends StreamFilter {
  readonly runId: string;
}

/** Where events go. */
export interface StreamSink {
  /** How its reader is connected. */
  readonly by: 'sse' | 'socket';
  /** False once nobody reads any more. */
  readonly open: boolean;
  /** Resolves when there is room for more. */
  send(events: readonly StreamEvent[]): Promise<void>;
  /** Nothing has come for a while. */
  rest(): Promise<void>;
}

/**
 * Sends a run's events to a sink. True: the run has ended, and all was sent; false: nobody reads any more, or the
 * process ends.
 *
 * @param bell rung when the sink may have closed. @throws UnavailableError while the store is away
 */
export async function followPieces(
  services: Services,
  subscription: StreamSubscription,
  sink: StreamSink,
  bell: Bell,
): Promise<boolean> {
  const ring = () => bell.ring();
  const end = new RunEnd(services, subscription.runId, ring);
  const unwatch = services.streamer.watch(subscription.runId, ring);
  services.closing.addEventListener('abort', ring);
  services.metrics.countSubscriber('text', sink.by, 1);
  try {
    return await sendAll(services, sink, { bell, end }, subscription);
  } finally {
    services.metrics.countSubscriber('text', sink.by, -1);
    end.release();
    unwatch();
    services.closing.removeEventListener('abort', ring);
  }
}

/** The same over server-sent events. Resolves when the stream has ended, whoever ended it. */
export async function followStream(
  services: Services,
  response: ServerResponse,
  subscription: StreamSubscription,
): Promise<void> {
  const bell = new Bell();
  response.once('close', () => bell.ring());
  const writer = new SseWriter(response, services.readerStallMs);
  const sink: StreamSink = {
    by: 'sse',
    get open() {
      return writer.open;
    },
    send: (events) =>
      writer.send(
        ...events.map((event) => ({ id: event.position, type: event.type, data: pieceJson(event) })),
      ),
    rest: () => writer.heartbeat(),
  };
  writer.start();
  await followPieces(services, subscription, sink, bell);
  writer.end();
}

async function sendAll(
  services: Services,
  sink: StreamSink,
  { bell, end }: { readonly bell: Bell; readonly end: RunEnd },
  { runId, after, ...filter }: StreamSubscription,
): Promise<boolean> {
  let last = after;
  let lastLook = false;
  while (sink.open && !services.closing.aborted) {
    const ended = await end.hasCome();
    const events = await services.streamer.read(runId, last);
    const wanted = events.filter((event) => fits(event, filter));
    for (let first = 0; first < wanted.length; first += WRITE) {
      await sink.send(wanted.slice(first, first + WRITE));
    }
    last = events.at(-1)?.position ?? last;
    if (events.length === PAGE) continue;
    if (ended && lastLook) return true;
    lastLook = ended;
    if (ended) await sleep(LATE_MS);
    else if (!(await bell.wait(HEARTBEAT_MS))) {
      end.askAgain();
      await sink.rest();
    }
  }
  return false;
}

/** Whether a run has ended. Asks only after the run has changed: pieces come far more often, to many readers. */
class RunEnd {
  readonly release: () => void;
  readonly #ask: () => Promise<boolean>;
  #asked: boolean | undefined;

  constructor(services: Services, runId: string, changed: () => void) {
    this.#ask = () => runHasEnded(services, runId);
    this.release = services.changes.watch(runId, () => {
      this.askAgain();
      changed();
    });
  }

  /** Should a change have been missed. */
  askAgain(): void {
    this.#asked = undefined;
  }

  async hasCome(): Promise<boolean> {
    if (this.#asked !== undefined) return this.#asked;
    // False until the answer is there: a change meanwhile makes it unknown again.
    this.#asked = false;
    const ended = await this.#ask();
    if (this.#asked !== undefined) this.#asked = ended;
    return ended;
  }
}

/** The run has ended, and nothing is left to tell. */
export async function isStreamOver(
  services: Services,
  { runId, after, ...filter }: StreamSubscription,
): Promise<boolean> {
  if (!(await runHasEnded(services, runId))) return false;
  const events = await services.streamer.read(runId, after);
  return events.length < PAGE && !events.some((event) => fits(event, filter));
}

async function runHasEnded({ store }: Services, runId: string): Promise<boolean> {
  const run = await store.first<{ status: string }>(findRunStatus(runId));
  return run !== undefined && hasEnded(run);
}

function fits({ step, turn }: StreamEvent, wanted: Pick<StreamFilter, 'step' | 'turn'>): boolean {
  return (
    (wanted.step === undefined || wanted.step === step) && (wanted.turn === undefined || wanted.turn === turn)
  );
}
