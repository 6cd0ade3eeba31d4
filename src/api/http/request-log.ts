/** One log line per request: method, path, status, time. Never bodies, never headers. */
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../log/log.ts';
import { parseTraceparent } from '../../tracing/traceparent.ts';

/** Gives each request `log` and `id`; the id is answered as `X-Request-Id`. */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: (_request, response) => {
      const id = crypto.randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: levelOf,
    customProps: traceOf,
    serializers: {
      req: (request: { id: unknown; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url,
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}

/** Of the span that the request was made in, if it says so. Express tells twice; the line has it once. */
function traceOf({ headers }: IncomingMessage): object {
  const { traceparent } = headers;
  const span = parseTraceparent(Array.isArray(traceparent) ? traceparent[0] : traceparent);
  return span === null ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/**
 * Probes and metrics come every few seconds: only their failures are worth a line. What is refused for now has a line of its
 * own, or is counted in the metrics.
 */
function levelOf(request: IncomingMessage, response: ServerResponse): 'silent' | 'debug' | 'info' | 'warn' {
  if (response.statusCode === 503 && response.hasHeader('Retry-After')) return 'silent';
  if (response.statusCode >= 500) return 'warn';
  return /^\/(health|metrics)\b/.test(request.url ?? '') ? 'debug' : 'info';
}
