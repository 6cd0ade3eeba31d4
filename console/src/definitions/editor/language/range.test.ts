import { describe, expect, it } from 'vitest';
import { placeOfStep, rangeAt } from './range.ts';

const marked = (text: string, line: number, column: number) => {
  const { from, to } = rangeAt(text, line, column);
  return text.slice(from, to);
};

describe('what is underlined', () => {
  it.each([
    ['the key', 'steps:\n  - key: a\n    agnet: review\n', 3, 5, 'agnet'],
    ['a plain value', 'failure: fats # not yet\n', 1, 10, 'fats'],
    ['a value of several words', 'title: A and b\n', 1, 8, 'A and b'],
    ['a quoted value whole', 'when: "a: {{ b }}" # c', 1, 7, '"a: {{ b }}"'],
    ['a key in brackets', '{ key: a, rety: 3 }', 1, 11, 'rety'],
    ['a value in brackets', 'dependencies: [a, b-c]', 1, 19, 'b-c'],
    ['a name in JSON', '{"nam": "x"}', 1, 2, '"nam"'],
    ['a bracket', 'http: { }', 1, 7, '{'],
    ['a dash', '- key: a', 1, 3, 'key'],
    ['a URL', 'url: https://x/y', 1, 6, 'https://x/y'],
    ['the word before the end', 'name: ', 1, 7, 'name: '],
    ['the last word of a text that is too short', 'a: b', 9, 40, 'b'],
  ])('%s', (_, text, line, column, underlined) => {
    expect(marked(text, line, column)).toBe(underlined);
  });

  it('is nothing where there is no text', () => {
    expect(rangeAt('', 1, 1)).toEqual({ from: 0, to: 0 });
  });
});

describe('steps', () => {
  it('are found by their key, in every way of writing it', () => {
    const text = 'steps:\n  - key: a-b\n  - { key: "c", wait: 1s }\n  - agent: x\n    key: a';
    const words = ['a-b', 'c', 'a'].map((key) => {
      const at = placeOfStep(text, key) ?? -1;
      return text.slice(at, at + key.length);
    });
    expect(words).toEqual(['a-b', 'c', 'a']);
    expect(placeOfStep('{"steps": [{"key": "j"}]}', 'j')).toBe(20);
    expect(placeOfStep(text, 'nothing')).toBeUndefined();
  });
});
