/** Probes for whoever runs this process. */
import { z } from 'zod';
import { BatonError } from '../../errors/errors.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { checkDatabase } from '../queries/check-database.ts';

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
  status: z.enum(['ok', 'failed']),
  code: z.string().optional().meta({ description: 'Why it failed, such as `database_unavailable`.' }),
});

const Readiness = z
  .object({
    status: z.enum(['ready', 'unavailable']),
    dependencies: z.object({ database: dependency, temporal: dependency }),
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
  handle: async ({ services }) => {
    const [database, temporal] = await Promise.all([
      check(services.store.first(checkDatabase())),
      check(services.engine.ping()),
    ]);
    const ok = database.status === 'ok' && temporal.status === 'ok';
    return reply(ok ? 200 : 503, {
      status: ok ? 'ready' : 'unavailable',
      dependencies: { database, temporal },
    });
  },
});

const metrics = endpoint({
  method: 'get',
  path: '/metrics',
  operation: 'metrics',
  tag: 'service',
  summary: 'Prometheus metrics',
  responses: { 200: { description: 'Text format.', schema: z.string(), types: ['text/plain'] } },
  handle: async ({ response, services }) => {
    const { registry } = services.metrics;
    await services.tableFigures.refresh();
    response.type(registry.contentType).send(await registry.metrics());
  },
});

async function check(work: Promise<unknown>): Promise<z.output<typeof dependency>> {
  try {
    await work;
    return { status: 'ok' };
  } catch (error) {
    return { status: 'failed', code: error instanceof BatonError ? error.code : 'internal' };
  }
}

export const serviceRoutes: readonly Endpoint[] = [live, ready, metrics];
