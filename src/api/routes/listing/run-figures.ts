/** What is told of many runs at once: how many there are, and which values filters may name. */
import { FilterValues, FilterValuesQuery, RunCount, RunCountQuery } from '../../../contract/runs/filter.ts';
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';

const count = endpoint({
  method: 'get',
  path: '/runs/count',
  operation: 'countRuns',
  tag: 'runs',
  summary: 'Count runs',
  query: RunCountQuery,
  responses: { 200: { description: 'Their number, unless counting takes too long.', schema: RunCount } },
  problems: ['invalid_filter'],
  handle: async ({ query, service }) => reply(200, await service.countRuns(query)),
});

const values = endpoint({
  method: 'get',
  path: '/runs/filter-values',
  operation: 'listFilterValues',
  tag: 'runs',
  summary: 'List the values of a field of the filter that occur in runs of late',
  query: FilterValuesQuery,
  responses: { 200: { description: 'The values.', schema: FilterValues } },
  handle: async ({ query, service }) => reply(200, await service.listFilterValues(query)),
});

/** Before the routes of single runs, whose ids could be these names. */
export const runFigureRoutes: readonly Endpoint[] = [count, values];
