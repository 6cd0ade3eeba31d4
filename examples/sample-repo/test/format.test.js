import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../src/duration.js';

test('writes the largest units first and leaves out what is zero', () => {
  assert.equal(formatDuration(5_400_000), '1h30m');
  assert.equal(formatDuration(172_800_000), '2d');
  assert.equal(formatDuration(1_500), '1s500ms');
});

test('zero is 0s', () => {
  assert.equal(formatDuration(0), '0s');
});
