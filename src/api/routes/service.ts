/** Probes for whoever runs this process. */
import { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';

const live = endpoint({
  method: 'get',
  path: '/health/live',
  operation: 'isLive',
  tag: 'service',
  summary: 'Does this process answer?',
  responses: { 200: { description: 'It does.', schema: z.object({ status: z.literal('live') }) } },
  handle: async () => reply(200, { status: 'live' }),
});

const dependency = z.object({
  status: z.enum(['ok', 'failed', 'unknown']),
  code: z.string().optional().meta({ description: 'Why it failed, such as `database_unavailable`.' }),
});

const Readiness = z
  .object({
    status: z.enum(['ready', 'unavailable']),
    dependencies: z.object({
      database: dependency.meta({ description: 'Postgres answers a query in time.' }),
      temporal: dependency.meta({ description: 'Temporal answers a call in time.' }),
      disk: dependency.meta({ description: 'There is room to write; `disk_full` while starts are refused.' }),
      projector: dependency.meta({
        description: 'A projector works on the tables; `unknown` until one has been seen.',
      }),
    }),
  })
  .meta({ id: 'Readiness' });

const ready = endpoint({
  method: 'get',
  path: '/health/ready',
  operation: 'isReady',
  tag: 'service',
  summary: 'Can this process serve everything?',
  responses: {
    200: { description: 'It can.', schema: Readiness },
    503: { description: 'A dependency fails: `dependencies` says which.', schema: Readiness },
  },
  handle: async ({ front }) => {
    const dependencies = await front.service.lookAround();
    const failed = Object.values(dependencies).some(({ status }) => status === 'failed');
    return reply(failed ? 503 : 200, { status: failed ? 'unavailable' : 'ready', dependencies });
  },
});

const metrics = endpoint({
  method: 'get',
  path: '/metrics',
  operation: 'metrics',
  tag: 'service',
  summary: 'Prometheus metrics',
  responses: { 200: { description: 'Text format.', schema: z.string(), types: ['text/plain'] } },
  handle: async ({ response, front }) => {
    const { registry } = front.metrics;
    await front.service.refreshFigures();
    response.type(registry.contentType).send(await registry.metrics());
  },
});

export const serviceRoutes: readonly Endpoint[] = [live, ready, metrics];
