import { expect, it } from 'vitest';
import { startText } from './stored.ts';

it.each([
  ['"one\\ntwo', 'one\ntwo'],
  ['"one\\', 'one'],
  ['"one\\\\', 'one\\'],
  ['"one\\\\\\', 'one\\'],
  ['"one\\u00', 'one'],
  ['"one\\u00e9', 'oneé'],
  ['"one\\ud83d', 'one'],
  ['"', ''],
  ['{"a": "b', '{"a": "b'],
])('the beginning %s is shown as a text', (json, text) => {
  expect(startText(json)).toBe(text);
});
