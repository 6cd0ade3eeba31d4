/** Figures per workflow. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { pageSchema } from '../../contract/shared/common.ts';
import { WorkflowStats } from '../../contract/stats.ts';

const stats = endpoint({
  method: 'get',
  path: '/stats',
  operation: 'getStats',
  tag: 'runs',
  summary: 'Counts, times and costs per workflow',
  responses: {
    200: { description: 'One item per workflow, all on one page.', schema: pageSchema(WorkflowStats) },
  },
  handle: async ({ service }) => reply(200, await service.getStats()),
});

export const statsRoutes: readonly Endpoint[] = [stats];
