import { expect, test } from 'vitest';
import { parseHint } from './hints.ts';

test.each([
  ['{"run_id": "r", "execution_id": "e"}', { runId: 'r', executionId: 'e' }],
  ['{"run_id": "r", "execution_id": null}', null],
  ['[]', null],
  ['garbage', null],
  [undefined, null],
])('%s', (payload, expected) => {
  expect(parseHint(payload)).toEqual(expected);
});
