import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';

test.each([
  ['a\0b', 'a\ufffdb'],
  ['half \ud83d pair', 'half \ufffd pair'],
  ['other half \ude00', 'other half \ufffd'],
  ['whole 😀', 'whole 😀'],
  ['a backslash: \\u0000', 'a backslash: \\u0000'],
])('%j', (text, expected) => {
  expect(JSON.parse(jsonText({ nested: [text] }))).toEqual({ nested: [expected] });
});

test('names of members are cleaned too', () => {
  expect(JSON.parse(jsonText({ 'a\0': 1 }))).toEqual({ 'a\ufffd': 1 });
});

test('undefined members are left out', () => {
  expect(jsonText({ a: undefined, b: 1 })).toBe('{"b":1}');
});
