import { describe, expect, it } from 'vitest';
import { formsOf, partsOf, pictureOf, readsAsMarkdown } from './output-form.ts';

const PATCH = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

describe('results', () => {
  it('that are written to be read are shown so', () => {
    expect(readsAsMarkdown('# Findings\n\n- one')).toBe(true);
    expect(readsAsMarkdown('done')).toBe(false);
  });

  it('show pictures that they hold, and none from elsewhere', () => {
    expect(pictureOf(PICTURE)).toBeDefined();
    expect(pictureOf('https://example.org/a.png')).toBeUndefined();
    expect(pictureOf('data:image/svg+xml;base64,AAAA')).toBeUndefined();
    expect(pictureOf('data:text/html;base64,AAAA')).toBeUndefined();
  });

  it('have forms by what they are, the most telling first', () => {
    expect(formsOf(PICTURE)).toEqual(['Picture', 'Text']);
    expect(formsOf(PATCH)).toEqual(['Changes', 'Text']);
    expect(formsOf('# Findings\n\n- one')).toEqual(['Read', 'Text']);
    expect(formsOf('done')).toEqual(['Text']);
    expect(formsOf({ a: 1 })).toEqual(['Tree', 'Text']);
    expect(formsOf(null)).toEqual(['Tree', 'Text']);
  });

  it('have parts: texts of several lines and pictures, wherever they stand', () => {
    const value = { summary: 'one line', patch: PATCH, files: [{ name: 'a', content: 'x\ny' }, PICTURE] };
    expect(partsOf(value).map(({ path }) => path)).toEqual(['patch', 'files[0].content', 'files[1]']);
    expect(partsOf('a\nb')).toEqual([]);
    expect(partsOf(Array.from({ length: 1_000 }, () => 'a\nb'))).toHaveLength(30);
  });
});
