import { describe, expect, test } from 'vitest';
import { activitySpanId, traceIdOf } from './span-ids.ts';
import { spanFields, traceHeaders, withinSpan } from './current-span.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  test('is read and written', () => {
    const text = `00-${TRACE}-${SPAN}-01`;
    expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(formatTraceparent({ traceId: TRACE, spanId: SPAN, sampled: false })).toBe(
      `00-${TRACE}-${SPAN}-00`,
    );
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-03-later`)).toMatchObject({ sampled: true });
  });

  test.each([
    ['', 'nothing'],
    [`00-${TRACE}-${SPAN}`, 'no flags'],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, 'upper case'],
    [`ff-${TRACE}-${SPAN}-01`, 'a version that there is not'],
    [`00-${TRACE}-${SPAN}-01-more`, 'more than version 00 has'],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, 'no trace'],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, 'no span'],
    [`01-${TRACE}-${SPAN}-01-${'x'.repeat(100_000)}`, 'a large one'],
    [`00-${TRACE}-${SPAN}-01\r\nx: y`, 'another header'],
  ])('%.60s counts as absent', (text) => {
    expect(parseTraceparent(text)).toBeNull();
  });
});

test('ids never change: workers and projectors of any version make the same', () => {
  expect(traceIdOf('review-1')).toBe('1ba1f6a209ec6af2df2bf3480bc21cd6');
  expect(activitySpanId('execution', 'build#1')).toBe('92e6ba184df6cb3c');
});

describe('the span that code runs in', () => {
  const span = { traceId: TRACE, spanId: SPAN, sampled: true, isTold: true };

  test('is told of in headers, unless there is one already, and in log lines', async () => {
    expect([traceHeaders(), spanFields()]).toEqual([{}, {}]);
    await withinSpan(span, async () => {
      await Promise.resolve();
      expect(traceHeaders(['accept'])).toEqual({ traceparent: `00-${TRACE}-${SPAN}-01` });
      expect(traceHeaders(['Traceparent'])).toEqual({});
      expect(spanFields()).toEqual({ trace_id: TRACE, span_id: SPAN });
    });
  });

  test('may be for log lines alone', () => {
    withinSpan({ ...span, isTold: false }, () => {
      expect(traceHeaders()).toEqual({});
      expect(spanFields()).toEqual({ trace_id: TRACE, span_id: SPAN });
    });
  });
});
