import { expect, test } from 'vitest';
import { nameValuesIn, nameValuesText, wordsIn } from './name-values.ts';

test('a list may be parted by commas, blanks and lines', () => {
  expect(wordsIn(' render, count\nshout ,')).toEqual(['render', 'count', 'shout']);
  expect(wordsIn(' ')).toEqual([]);
});

test('names have values, which may hold what they like but a comma', () => {
  expect(nameValuesIn('gpu = a100, note=a=b c\nempty=')).toEqual({ gpu: 'a100', note: 'a=b c', empty: '' });
  expect(nameValuesIn('')).toEqual({});
  expect(nameValuesIn('gpu=a100, zone')).toContain('“zone”');
  expect(nameValuesIn('=b')).toContain('“=b”');
  expect(nameValuesText({ gpu: 'a100', zone: 'b' })).toBe('gpu=a100, zone=b');
});
