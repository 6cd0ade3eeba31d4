/** Figures of a period. */
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';
import { Insights, InsightsQuery } from '../../../contract/runs/insights.ts';

const insights = endpoint({
  method: 'get',
  path: '/insights',
  operation: 'getInsights',
  tag: 'runs',
  summary:
    'Get figures of a period: runs, times, tokens and cost by hour or day, by workflow, model and agent',
  query: InsightsQuery,
  responses: { 200: { description: 'The figures, with those of the period before.', schema: Insights } },
  handle: async ({ query, service }) => reply(200, await service.getInsights(query)),
});

export const insightRoutes: readonly Endpoint[] = [insights];
