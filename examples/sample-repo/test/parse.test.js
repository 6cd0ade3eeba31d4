import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../src/duration.js';

test('adds the parts up', () => {
  assert.equal(parseDuration('1h30m'), 5_400_000);
  assert.equal(parseDuration('2d'), 172_800_000);
  assert.equal(parseDuration('1s500ms'), 1_500);
});

test('refuses what is no duration', () => {
  for (const text of ['', '10', 'h', '1h!', '-1s']) assert.throws(() => parseDuration(text), RangeError);
});
