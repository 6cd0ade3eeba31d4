/**
 * Follows a run's events from Postgres until it has ended and everything was sent.
 *
 * Each event is sent once and in order, beginning after `after`. Live by NOTIFY; a look at each heartbeat covers a
 * notification that got lost.
 */
import type { ServerResponse } from 'node:http';
import { findRunStatus } from '../queries/find-run-status.ts';
import { listEvents, type EventChoice } from '../queries/list-events.ts';
import { CLOSED_STATUSES } from '../schemas/run.ts';
import type { Services } from '../services.ts';
import { envelopeOf, type EventRow } from '../views/event.ts';
import type { Bell } from './bell.ts';
import { SseWriter } from './sse-writer.ts';

const HEARTBEAT_MS = 15_000;
const STALL_MS = 30_000;
const PAGE = 500;

export interface EventSubscription extends EventChoice {
  readonly runId: string;
  readonly after: number;
}

/** Resolves when the stream has ended, whoever ended it. */
export async function streamEvents(
  services: Services,
  response: ServerResponse,
  subscription: EventSubscription,
  stallMs = STALL_MS,
): Promise<void> {
  const { bell, release } = services.changes.subscribe(subscription.runId);
  const ring = () => bell.ring();
  response.once('close', ring);
  services.closing.addEventListener('abort', ring);
  const writer = new SseWriter(response, stallMs);
  try {
    writer.start();
    let after = subscription.after;
    while (writer.open && !services.closing.aborted) {
      const page = await nextPage(services, { ...subscription, after });
      for (const event of page.events) {
        await writer.send({ id: event.seq, type: event.type, data: envelopeOf(event) });
        after = event.seq;
      }
      if (page.last) break;
      if (page.events.length < PAGE) await waitOrBeat(bell, writer);
    }
    writer.end();
  } finally {
    release();
    services.closing.removeEventListener('abort', ring);
  }
}

/** The run is looked at before its events: what ended it is then among them. */
export async function nextPage(
  services: Services,
  selection: EventSubscription,
): Promise<{ readonly events: readonly EventRow[]; readonly last: boolean }> {
  const run = await services.store.first<{ status: string }>(findRunStatus(selection.runId));
  const events = await services.store.all<EventRow>(listEvents({ ...selection, limit: PAGE }));
  const closed = run !== undefined && CLOSED_STATUSES.has(run.status);
  return { events, last: closed && events.length < PAGE };
}

async function waitOrBeat(bell: Bell, writer: SseWriter): Promise<void> {
  if (!(await bell.wait(HEARTBEAT_MS))) await writer.heartbeat();
}
