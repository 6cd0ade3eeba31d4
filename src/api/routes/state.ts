/** The state of a run at a point of its record, why a step was where it was, what it was given, and what differs between two runs. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { DifferenceParams, DifferenceQuery, RunDifference } from '../../contract/runs/difference.ts';
import { RunStateAt, StateQuery } from '../../contract/past/state.ts';
import { StepInput, StepInputQuery } from '../../contract/past/step-input.ts';
import { StepWhy } from '../../contract/past/why.ts';
import { RunParams, StepParams } from '../../contract/shared/params.ts';

const state = endpoint({
  method: 'get',
  path: '/runs/:id/state',
  operation: 'getRunState',
  tag: 'runs',
  summary: 'Get the state of a run as it was after one of its events',
  params: RunParams,
  query: StateQuery,
  responses: { 200: { description: 'The state.', schema: RunStateAt } },
  problems: ['run_not_found', 'event_not_found', 'run_archived', 'run_of_newer_baton'],
  handle: async ({ params, query, service }) => reply(200, await service.getRunState(params.id, query.at)),
});

const difference = endpoint({
  method: 'get',
  path: '/runs/:id/diff/:other',
  operation: 'diffRuns',
  tag: 'runs',
  summary: 'Get what differs between two runs',
  params: DifferenceParams,
  query: DifferenceQuery,
  responses: { 200: { description: 'Both, and where they differ first.', schema: RunDifference } },
  problems: ['run_not_found', 'event_not_found', 'run_archived', 'run_of_newer_baton'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.diffRuns(params.id, params.other, query)),
});

const why = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key/why',
  operation: 'getStepWhy',
  tag: 'runs',
  summary: 'Get why a step is where it is, or was after an event: each decision with the values that it saw',
  params: StepParams,
  query: StateQuery,
  responses: { 200: { description: 'The decisions, oldest first.', schema: StepWhy } },
  problems: ['run_not_found', 'step_not_found', 'event_not_found', 'run_archived', 'run_of_newer_baton'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.getStepWhy(params.id, params.key, query.at)),
});

const input = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key/input',
  operation: 'getRunStepInput',
  tag: 'values',
  summary:
    'Get what an attempt of a step was given: its prompt, command or address with all templates filled in',
  params: StepParams,
  query: StepInputQuery,
  responses: { 200: { description: 'What its worker was given.', schema: StepInput } },
  problems: ['run_not_found', 'step_not_found', 'input_not_found', 'run_archived'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.getRunStepInput(params.id, params.key, query)),
});

export const stateRoutes: readonly Endpoint[] = [state, why, input, difference];
