/** Spans as OTLP has them on the wire: OpenTelemetry's own package writes it. It is loaded by whoever exports, and nobody else. */
import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type SpanContext } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Attributes } from '../../../tracing/span.ts';
import { runSpanId, traceIdOf } from '../../../tracing/span-ids.ts';
import { parseTraceparent } from '../../../tracing/traceparent.ts';
import type { TakenSpan } from '../sql/take-spans.ts';
import type { OtlpSettings } from '../../../tracing/otlp-settings.ts';

type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

/** `traceparent` by run, of those that were started with one. */
export type Traces = ReadonlyMap<string, string>;

export interface OtlpWriter {
  readonly contentType: string;
  readonly write: (spans: readonly TakenSpan[], traces: Traces) => Uint8Array;
  /** How many spans the collector has not taken, by its answer. */
  readonly refusedIn: (answer: Uint8Array) => number;
}

export function otlpWriter({ encoding, resource: attributes }: OtlpSettings): OtlpWriter {
  const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  const shared = {
    resource: resourceFromAttributes({ ...attributes }),
    instrumentationScope: { name: 'baton' },
  };
  return {
    contentType: encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    write: (spans, traces) => {
      const written = serializer.serializeRequest(spans.map((taken) => readable(taken, traces, shared)));
      if (written === undefined) throw new Error('OTLP could not be written');
      return written;
    },
    refusedIn: (answer) => {
      const { rejectedSpans = 0 } = serializer.deserializeResponse(answer).partialSuccess ?? {};
      return Number(rejectedSpans);
    },
  };
}

type Shared = Pick<ReadableSpan, 'resource' | 'instrumentationScope'>;

function readable({ run_id: run, span }: TakenSpan, traces: Traces, shared: Shared): ReadableSpan {
  const caller = parseTraceparent(traces.get(run));
  const traceId = caller?.traceId ?? traceIdOf(run);
  const context = contextOf(traceId, span.id);
  const parent = span.parent === null ? parentOf(caller) : contextOf(traceId, span.parent);
  return {
    ...shared,
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parent !== null && { parentSpanContext: parent }),
    startTime: timeOf(span.from),
    endTime: timeOf(span.to),
    duration: [0, 0],
    ended: true,
    status:
      span.error === null
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: copied(span.attributes),
    events: span.events.map(({ name, at, attributes }) => ({
      ...{ name, time: timeOf(at), attributes: copied(attributes), droppedAttributesCount: 0 },
    })),
    links: span.links.map(({ run: other, because }) => ({
      context: contextOf(
        parseTraceparent(traces.get(other))?.traceId ?? traceIdOf(other),
        runSpanId(other, 0),
      ),
      attributes: { 'baton.link': because },
      droppedAttributesCount: 0,
    })),
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** The caller's span, which is another process's. */
function parentOf(caller: ReturnType<typeof parseTraceparent>): SpanContext | null {
  return caller === null ? null : { ...contextOf(caller.traceId, caller.spanId), isRemote: true };
}

function contextOf(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

function copied(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

function timeOf(at: string): HrTime {
  const ms = Date.parse(at);
  return [Math.floor(ms / 1_000), (((ms % 1_000) + 1_000) % 1_000) * 1_000_000];
}
