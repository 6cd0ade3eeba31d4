import { expect, it } from 'vitest';
import { traceHeaders } from './trace-headers.ts';

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

it('tells of the span that the command is run in, if that is one', () => {
  expect(traceHeaders(TRACE)).toEqual({ traceparent: TRACE });
  for (const given of [undefined, '', `${TRACE}\n`, 'é']) expect(traceHeaders(given)).toEqual({});
});
