/**
 * Every definition within the limits of size is judged, whatever is in it: each of these takes a fraction of a second,
 * where what is not linear takes minutes, and the test's own deadline finds it. How long they take is measured by
 * `npm run bench -- --only worst`.
 */
import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import { WORST } from './testing/worst.ts';

describe('the worst definitions are judged, and little is said of them:', () => {
  test.each(Object.entries(WORST))('%s', (_, text) => {
    const result = compile(text());
    expect('errors' in result ? JSON.stringify(result).length : 0).toBeLessThan(1_500_000);
  });

  test('many errors end with how many more there are', () => {
    const text = `name: w\n${Array.from({ length: 700 }, (_, n) => `fild${n}: 1\n`).join('')}steps: [{ key: a, wait: 1s }]`;
    const result = compile(text);
    expect('errors' in result && result.errors.at(-1)).toMatchObject({
      code: 'too_many_errors',
      message: 'There are at least 200 more errors: only the first 500 are told.',
    });
  });
});
