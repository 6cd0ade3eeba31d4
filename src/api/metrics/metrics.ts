/** What the API counts of itself, and where the service registers what it counts. `docs/metrics.md` lists all. */
import type { RequestHandler, Response } from 'express';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Measures every request; the label is the route's pattern, never the path. */
  readonly measure: RequestHandler;
  /** A call of gRPC has ended. @param method its path */
  readonly countCall: (method: string, code: string, seconds: number) => void;
  /** A live reader's socket was opened, or closed. */
  readonly countSocket: (change: 1 | -1) => void;
  /** A socket was cut off since its reader took nothing. */
  readonly countCut: () => void;
  /** Somebody begins, or ends, to follow a run's events or what its models say. */
  readonly countSubscriber: (of: 'events' | 'text', by: 'sse' | 'socket' | 'grpc', change: 1 | -1) => void;
  /** Where further metrics are registered. */
  readonly registry: Registry;
}

/** Marks a request as one of this route. */
export function markRoute(pattern: string): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = pattern;
    next();
  };
}

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'baton_http_request_seconds',
    help: 'Time from the request to the end of its answer, in seconds.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const calls = new Histogram({
    name: 'baton_grpc_call_seconds',
    help: 'Time from a call of gRPC to its end, in seconds.',
    labelNames: ['method', 'code'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const sockets = new Gauge({
    name: 'baton_live_sockets',
    help: 'Socket.IO clients that are connected.',
    registers: [registry],
  });
  const subscribers = new Gauge({
    name: 'baton_live_subscribers',
    help: 'Who follows runs: their events, or the text of models; over SSE, a socket or gRPC.',
    labelNames: ['of', 'by'],
    registers: [registry],
  });
  const cuts = new Counter({
    name: 'baton_live_sockets_cut_total',
    help: 'Socket.IO clients that were cut off since they took nothing.',
    registers: [registry],
  });
  return {
    registry,
    measure: (request, response, next) => {
      const stop = requests.startTimer();
      response.once('close', () => {
        stop({ method: request.method, route: routeOf(response), status: response.statusCode });
      });
      next();
    },
    countCall: (method, code, seconds) => calls.observe({ method, code }, seconds),
    countSocket: (change) => sockets.inc(change),
    countCut: () => cuts.inc(),
    countSubscriber: (of, by, change) => subscribers.inc({ of, by }, change),
  };
}

function routeOf(response: Response): string {
  const pattern: unknown = response.locals['route'];
  return typeof pattern === 'string' ? pattern : 'none';
}
