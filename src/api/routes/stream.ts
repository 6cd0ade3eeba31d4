/** What a run's agents say, while they say it. */
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { followStream, isStreamOver } from '../runs/follow-stream.ts';
import { readTarget } from '../runs/find-target.ts';
import { StreamFilter, StreamPiece } from '../../contract/stream.ts';
import { ResumeHeaders } from '../../contract/headers.ts';
import { RunParams } from '../../contract/params.ts';
import { lastEventId } from './last-event-id.ts';

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
  handle: async ({ params, query, request, response, services, visit }) => {
    await readTarget(services, params.id);
    const last = lastEventId(request);
    const subscription = { runId: params.id, ...query, after: last ?? query.after };
    if (last !== undefined && (await isStreamOver(services, subscription))) {
      response.status(204).end();
      return;
    }
    visit.stay();
    await followStream(services, response, subscription);
  },
});

export const streamRoutes: readonly Endpoint[] = [stream];
