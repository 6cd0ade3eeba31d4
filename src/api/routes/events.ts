/** The record of a run: a page of it, or live. */
import type { Request } from 'express';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { lastEventId } from '../http/last-event-id.ts';
import { ResumeHeaders } from '../../contract/shared/headers.ts';
import { sseType } from '../live/event-name.ts';
import { streamOut } from '../live/sse-stream.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { Causes, EventEnvelope, EventFilter, RunEvent } from '../../contract/event.ts';
import { EventParams, RunParams } from '../../contract/shared/params.ts';

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
  handle: async ({ params: { id }, query, request, response, service, visit, front }) => {
    if (!query.follow && !wantsStream(request)) return reply(200, await service.listRunEvents(id, query));
    await service.getRunAlone(id);
    const last = lastEventId(request);
    const subscription = { ...query, runId: id, after: last ?? query.after };
    if (last !== undefined && !(await service.mayHaveMoreEvents(subscription))) {
      response.status(204).end();
      return;
    }
    visit.stay();
    await streamOut(front, response, {
      of: 'events',
      follow: (gone) => service.followEvents(subscription, gone),
      send: async (writer, events) => {
        for (const event of events) {
          await writer.send({ id: event.seq, type: sseType(event.type), data: event });
        }
      },
    });
  },
});

const causes = endpoint({
  method: 'get',
  path: '/runs/:id/events/:seq/causes',
  operation: 'listEventCauses',
  tag: 'runs',
  summary: 'List what led to an event, from it back to its root',
  params: EventParams,
  responses: { 200: { description: 'The chain of causes.', schema: Causes } },
  problems: ['run_not_found', 'event_not_found', 'run_archived'],
  handle: async ({ params: { id, seq }, service }) => reply(200, await service.listEventCauses(id, seq)),
});

function wantsStream(request: Request): boolean {
  return request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}

export const eventRoutes: readonly Endpoint[] = [events, causes];
