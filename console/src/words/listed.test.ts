import { expect, it } from 'vitest';
import { parsedJson, parsedObject } from './json.ts';
import { listed } from './listed.ts';

it('tells the first of many names, and how many are left', () => {
  expect([listed([], 2), listed([], 2, ''), listed(['a', 'b'], 2), listed(['a', 'b', 'c'], 2)]).toEqual([
    'nothing',
    '',
    'a, b',
    'a, b and 1 more',
  ]);
});

it('reads JSON that was typed, and says nothing of what is none', () => {
  expect([parsedJson('"a"'), parsedJson('a'), parsedObject('{"a": 1}'), parsedObject('[1]')]).toEqual([
    'a',
    undefined,
    { a: 1 },
    undefined,
  ]);
});
