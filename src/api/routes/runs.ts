/** Starting, listing and reading runs. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { idempotencyKey } from '../http/idempotency-key.ts';
import { StartHeaders } from '../../contract/shared/headers.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { RunFilter, RunNow, StartRun } from '../../contract/run.ts';
import { Step, StepFilter } from '../../contract/step.ts';
import { RunParams, StepParams } from '../../contract/shared/params.ts';
import { START_PROBLEMS, START_RESPONSES, startReply } from './start-reply.ts';

const start = endpoint({
  method: 'post',
  path: '/runs',
  operation: 'startRun',
  action: 'start',
  lane: 'start',
  tag: 'runs',
  summary: 'Start a run',
  headers: StartHeaders,
  body: { kind: 'json', schema: StartRun },
  responses: START_RESPONSES,
  problems: START_PROBLEMS,
  handle: async ({ body, request, service }) =>
    startReply(await service.startRun(body, idempotencyKey(request))),
});

const list = endpoint({
  method: 'get',
  path: '/runs',
  operation: 'listRuns',
  tag: 'runs',
  summary: 'List runs, newest first unless told otherwise',
  query: RunFilter,
  responses: { 200: { description: 'A page of runs.', schema: pageSchema(RunNow) } },
  problems: ['invalid_cursor', 'invalid_filter'],
  handle: async ({ query, service }) => reply(200, await service.listRuns(query)),
});

const get = endpoint({
  method: 'get',
  path: '/runs/:id',
  operation: 'getRun',
  tag: 'runs',
  summary: 'Get a run',
  params: RunParams,
  responses: { 200: { description: 'The run, and what it waits for.', schema: RunNow } },
  problems: ['run_not_found'],
  handle: async ({ params, service }) => reply(200, await service.getRun(params.id)),
});

const steps = endpoint({
  method: 'get',
  path: '/runs/:id/steps',
  operation: 'listRunSteps',
  tag: 'runs',
  summary: 'List the steps of a run, in the plan’s order',
  params: RunParams,
  query: StepFilter,
  responses: { 200: { description: 'The steps with their attempts.', schema: pageSchema(Step) } },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params, query, service }) => reply(200, await service.listRunSteps(params.id, query)),
});

const step = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key',
  operation: 'getRunStep',
  tag: 'runs',
  summary: 'Get a step of a run',
  params: StepParams,
  responses: { 200: { description: 'The step with its attempts.', schema: Step } },
  problems: ['run_not_found', 'step_not_found', 'run_archived'],
  handle: async ({ params: { id, key }, service }) => reply(200, await service.getRunStep(id, key)),
});

export const runRoutes: readonly Endpoint[] = [start, list, get, steps, step];
