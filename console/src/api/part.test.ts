import { describe, expect, it } from 'vitest';

const SOURCES = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

describe('parts of the console', () => {
  it('are loaded by `part` or `lazyPart` only, which know what to do when one does not come', () => {
    const loads = Object.values(SOURCES)
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.includes('import('));
    expect(loads.length).toBeGreaterThan(10);
    expect(loads.filter((line) => !/\b(?:part|lazyPart)\((?:async )?\(\) =>/.test(line))).toEqual([]);
  });
});
