import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it.each([
  ['3', 3_000],
  [' 0.5 ', 500],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', null],
  ['-1', null],
  ['', null],
  [null, null],
  [undefined, null],
])('reads Retry-After "%s" as %s ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});
