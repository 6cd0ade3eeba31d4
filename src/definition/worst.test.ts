/** No definition within the limits of size takes long, whatever is in it. Time is the processor's, not the clock's. */
import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import { WORST } from './testing/worst.ts';

/** Each takes a fraction of a second alone; what is not linear takes minutes. */
const MOST_MS = 3_000;

function processorMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

describe('the worst definitions are judged in a moment, and little is said of them:', () => {
  test.each(Object.keys(WORST))(
    '%s',
    (name) => {
      const text = WORST[name]?.() ?? '';
      const before = process.cpuUsage();
      const result = compile(text);
      expect(processorMs(process.cpuUsage(before))).toBeLessThan(MOST_MS);
      expect('errors' in result ? JSON.stringify(result).length : 0).toBeLessThan(1_500_000);
    },
    60_000,
  );

  test('many errors end with how many more there are', () => {
    const text = `name: w\n${Array.from({ length: 700 }, (_, n) => `fild${n}: 1\n`).join('')}steps: [{ key: a, wait: 1s }]`;
    const result = compile(text);
    expect('errors' in result && result.errors.at(-1)).toMatchObject({
      code: 'too_many_errors',
      message: 'There are at least 200 more errors: only the first 500 are told.',
    });
  });
});
