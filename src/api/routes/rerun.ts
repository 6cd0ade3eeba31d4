/** Starting a run anew. */
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { RerunRun } from '../../contract/run.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { StartHeaders } from '../../contract/shared/headers.ts';
import { RunParams } from '../../contract/shared/params.ts';
import { START_PROBLEMS, START_RESPONSES, startReply } from './start-reply.ts';

const rerun = endpoint({
  method: 'post',
  path: '/runs/:id/rerun',
  operation: 'rerunRun',
  action: 'rerun',
  lane: 'start',
  tag: 'runs',
  summary: 'Start another run of the same plan with the same inputs',
  params: RunParams,
  headers: StartHeaders,
  body: { kind: 'json', schema: RerunRun },
  responses: START_RESPONSES,
  problems: ['run_not_found', 'projection_behind', ...START_PROBLEMS],
  handle: async ({ params, body, request, service }) =>
    startReply(await service.rerunRun(params.id, body, idempotencyKey(request))),
});

export const rerunRoutes: readonly Endpoint[] = [rerun];
