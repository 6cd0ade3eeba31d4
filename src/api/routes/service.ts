/** Probes for whoever runs this process. */
import { z } from 'zod';
import { About, Liveness, Readiness } from '../../contract/health.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';

const live = endpoint({
  method: 'get',
  path: '/health/live',
  operation: 'isLive',
  tag: 'service',
  summary: 'Does this process answer?',
  responses: { 200: { description: 'It does.', schema: Liveness } },
  handle: async () => reply(200, { status: 'live' } as const),
});

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

const about = endpoint({
  method: 'get',
  path: '/about',
  operation: 'getAbout',
  tag: 'service',
  summary: 'Which Baton is this, and where can its Temporal be looked at?',
  responses: { 200: { description: 'What it says of itself.', schema: About } },
  handle: async ({ front }) => reply(200, front.service.about),
});

export const aboutRoutes: readonly Endpoint[] = [about];

export const serviceRoutes: readonly Endpoint[] = [live, ready, metrics];
