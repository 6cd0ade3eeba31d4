/** What a run's agents say, while they say it. */
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { lastEventId } from '../http/last-event-id.ts';
import { ResumeHeaders } from '../../contract/shared/headers.ts';
import { streamOut } from '../live/sse-stream.ts';
import { StreamFilter, StreamPiece } from '../../contract/stream.ts';
import { RunParams } from '../../contract/shared/params.ts';

const stream = endpoint({
  method: 'get',
  path: '/runs/:id/stream',
  operation: 'streamRun',
  tag: 'agents',
  summary: 'Follow what the agents of a run say, piece by piece',
  params: RunParams,
  query: StreamFilter,
  headers: ResumeHeaders,
  responses: {
    200: {
      description: 'A stream that ends with the run: id = position, event = type, data = StreamPiece.',
      schema: StreamPiece,
      types: ['text/event-stream'],
    },
    204: { description: 'Nothing follows the given Last-Event-ID and the run has ended: do not reconnect.' },
  },
  problems: ['run_not_found', 'redis_unavailable', 'too_many_readers'],
  handle: async ({ params, query, request, response, service, visit, front }) => {
    await service.getRunAlone(params.id);
    const last = lastEventId(request);
    const subscription = { ...query, runId: params.id, after: last ?? query.after };
    if (last !== undefined && !(await service.mayHaveMorePieces(subscription))) {
      response.status(204).end();
      return;
    }
    visit.stay();
    await streamOut(front, response, {
      of: 'text',
      follow: (gone) => service.followPieces(subscription, gone),
      send: (writer, pieces) =>
        writer.send(
          ...pieces.map(({ position, piece }) => ({ id: position, type: piece.type, data: piece })),
        ),
    });
  },
});

export const streamRoutes: readonly Endpoint[] = [stream];
