/** The record of a run: a page of it, or live. */
import type { Request } from 'express';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { streamEvents, type EventSubscription } from '../live/stream-events.ts';
import { findRunStatus } from '../queries/find-run-status.ts';
import { listCauses } from '../queries/list-causes.ts';
import { listEvents } from '../queries/list-events.ts';
import { readTarget } from '../runs/find-target.ts';
import { wholeEvents } from '../runs/whole-events.ts';
import { pageSchema } from '../../contract/common.ts';
import { Causes, EventEnvelope, EventFilter, RunEvent } from '../../contract/event.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { Services } from '../services.ts';
import { eventJson, type EventRow } from '../views/event.ts';
import { ResumeHeaders } from '../../contract/headers.ts';
import { EventParams, RunParams } from '../../contract/params.ts';
import { lastEventId } from './last-event-id.ts';
import { eventNotFound } from './not-found.ts';

const events = endpoint({
  method: 'get',
  path: '/runs/:id/events',
  operation: 'listRunEvents',
  tag: 'runs',
  summary: 'List the events of a run, or follow them live',
  params: RunParams,
  query: EventFilter,
  headers: ResumeHeaders,
  responses: {
    200: {
      description:
        'A page of events; or with `Accept: text/event-stream` (or `follow=true`) a stream that ends with the run: ' +
        'id = seq, event = type, data = EventEnvelope.',
      schema: pageSchema(RunEvent),
      events: EventEnvelope,
    },
    204: { description: 'Nothing follows the given Last-Event-ID and the run has ended: do not reconnect.' },
  },
  problems: ['run_not_found', 'too_many_readers'],
  handle: async ({ params, query, request, response, services, visit }) => {
    if (!query.follow && !wantsStream(request)) return reply(200, await page(services, params.id, query));
    await readTarget(services, params.id);
    const last = lastEventId(request);
    const subscription = { runId: params.id, ...query, after: last ?? query.after };
    if (last !== undefined && (await isOver(services, subscription))) {
      response.status(204).end();
      return;
    }
    visit.stay();
    return streamEvents(services, response, subscription);
  },
});

const MAX_CAUSES = 1_000;

const causes = endpoint({
  method: 'get',
  path: '/runs/:id/events/:seq/causes',
  operation: 'listEventCauses',
  tag: 'runs',
  summary: 'List what led to an event, from it back to its root',
  params: EventParams,
  responses: { 200: { description: 'The chain of causes.', schema: Causes } },
  problems: ['run_not_found', 'event_not_found', 'run_archived'],
  handle: async ({ params: { id, seq }, services }) => {
    const rows = await services.store.all<EventRow>(listCauses(id, seq, MAX_CAUSES));
    if (rows.length === 0) throw await eventNotFound(services, id, seq);
    return reply(200, { items: rows.map(eventJson), complete: rows.at(-1)?.caused_by === null });
  },
});

async function page(services: Services, runId: string, filter: EventFilter) {
  const { store } = services;
  const rows = await store.all<EventRow>(listEvents({ ...filter, runId, limit: filter.limit + 1 }));
  if (rows.length === 0) await readTarget(services, runId);
  const chosen = rows.slice(0, filter.limit);
  const shown = filter.full ? await wholeEvents(store, runId, chosen) : chosen;
  return {
    items: shown.map(eventJson),
    next_cursor: rows.length > shown.length ? String(shown.at(-1)?.seq) : null,
  };
}

/** The run has ended, and nothing is left to tell. Its status is read first: what ended it is then among its events. */
async function isOver({ store }: Services, subscription: EventSubscription): Promise<boolean> {
  const run = await store.first<{ status: string }>(findRunStatus(subscription.runId));
  if (run === undefined || !hasEnded(run)) return false;
  return (await store.first(listEvents({ ...subscription, limit: 1 }))) === undefined;
}

function wantsStream(request: Request): boolean {
  return request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}

export const eventRoutes: readonly Endpoint[] = [events, causes];
