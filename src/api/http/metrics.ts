/** Prometheus metrics of this process: Node's own, and how long each route took. */
import type { RequestHandler, Response } from 'express';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Measures every request; the label is the route's pattern, never the path. */
  readonly measure: RequestHandler;
  /** All metrics in Prometheus' text format. */
  read(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Marks a request as one of this route. */
export function markRoute(pattern: string): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = pattern;
    next();
  };
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'baton_http_request_seconds',
    help: 'Time from the request to the end of its answer, in seconds.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    measure: (request, response, next) => {
      const stop = durations.startTimer();
      response.once('close', () => {
        stop({ method: request.method, route: routeOf(response), status: response.statusCode });
      });
      next();
    },
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

function routeOf(response: Response): string {
  const pattern: unknown = response.locals['route'];
  return typeof pattern === 'string' ? pattern : 'none';
}
