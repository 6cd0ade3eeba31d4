/**
 * The header `traceparent` of W3C Trace Context, version 00: `00-<trace id>-<span id>-<flags>`. Later versions are read by
 * these same four parts. What is not in its form counts as absent, as the recommendation wants it: nothing fails for it.
 */

/** Where a span stands among all. */
export interface SpanContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** Whoever began the trace records it. */
  readonly sampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Longer ones are nobody's. */
const MOST_CHARS = 512;

/** null: it is none. */
export function parseTraceparent(text: string | null | undefined): SpanContext | null {
  if (text == null || text.length > MOST_CHARS) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = FORM.exec(text.trim()) ?? [];
  const isOurs = version !== '' && version !== 'ff' && (more === undefined || version !== '00');
  if (!isOurs || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
