/**
 * A run's events over SSE, until it has ended and everything was sent: each once and in order, beginning after `after`.
 */
import type { ServerResponse } from 'node:http';
import type { EventChoice } from '../../service/events/queries/list-events.ts';
import { wholeEvents } from '../../service/events/whole-events.ts';
import type { Services } from '../../service/services.ts';
import { envelopeOf } from '../../service/views/event.ts';
import { sseType } from './event-name.ts';
import { SseWriter } from './sse-writer.ts';

const HEARTBEAT_MS = 15_000;

export interface EventSubscription extends EventChoice {
  readonly runId: string;
  readonly after: number;
  /** With the whole of what events show the beginning of. */
  readonly full: boolean;
}

/** Resolves when the stream has ended, whoever ended it. */
export async function streamEvents(
  { feeds, store, closing, readerStallMs, metrics }: Services,
  response: ServerResponse,
  { runId, after, full, type, step, turn, since, until }: EventSubscription,
): Promise<void> {
  const follower = feeds.follow(runId, after, { type, step, turn, since, until });
  const { bell } = follower;
  const ring = () => bell.ring();
  response.once('close', ring);
  closing.addEventListener('abort', ring);
  const writer = new SseWriter(response, readerStallMs);
  metrics.countSubscriber('events', 'sse', 1);
  try {
    writer.start();
    while (writer.open && !closing.aborted) {
      const page = await follower.next();
      for (const event of page.events) {
        const [shown = event] = full ? await wholeEvents(store, runId, [event]) : [];
        await writer.send({ id: event.seq, type: sseType(event.type), data: envelopeOf(shown) });
      }
      if (page.ended) break;
      if (page.atHead && !(await bell.wait(HEARTBEAT_MS))) await writer.heartbeat();
    }
    writer.end();
  } finally {
    metrics.countSubscriber('events', 'sse', -1);
    follower.leave();
    closing.removeEventListener('abort', ring);
  }
}
