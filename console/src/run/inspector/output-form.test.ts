import { expect, it } from 'vitest';
import { pictureOf, readsAsMarkdown } from './output-form.ts';

it('knows text that was written to be read', () => {
  expect(['# Title', '- one\n- two', 'First.\n\nSecond.', 'a **word**'].map(readsAsMarkdown)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['ok', 'exit code 2', '{"a": 1}'].map(readsAsMarkdown)).toEqual([false, false, false]);
});

it('shows pictures that are in the result, and nothing that scripts could hide in', () => {
  expect(pictureOf('data:image/png;base64,iVBORw0KGgo=')).toBeDefined();
  expect(
    ['data:image/svg+xml;base64,PHN2Zz4=', 'https://example.com/a.png', 12, null].map(pictureOf),
  ).toEqual([undefined, undefined, undefined, undefined]);
});
