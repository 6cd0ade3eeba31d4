/**
 * The span of the activity that code runs in, for what is sent out meanwhile and for log lines. Outside of any there is
 * none, and nothing is added to anything.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { formatTraceparent, type SpanContext } from './traceparent.ts';

export interface CurrentSpan extends SpanContext {
  /** It is told to whom a request goes. */
  readonly isTold: boolean;
}

const spans = new AsyncLocalStorage<CurrentSpan>();

/** Does `work` under the span. */
export function withinSpan<T>(span: CurrentSpan | null, work: () => T): T {
  return span === null ? work() : spans.run(span, work);
}

/** For log lines: `{trace_id, span_id}`, or nothing. */
export function spanFields(): Readonly<Record<string, string>> {
  const span = spans.getStore();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}

/** The header that tells of the span; nothing where there is none, it is not told, or `given` has one already. */
export function traceHeaders(given: Iterable<string> = []): Readonly<Record<string, string>> {
  const span = spans.getStore();
  if (span === undefined || !span.isTold) return {};
  for (const name of given) if (name.toLowerCase() === 'traceparent') return {};
  return { traceparent: formatTraceparent(span) };
}
