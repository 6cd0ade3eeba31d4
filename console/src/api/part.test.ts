import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');

describe('parts of the console', () => {
  it('are loaded by `part` or `lazyPart` only, which know what to do when one does not come', () => {
    const loads = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
      .flatMap((file) => readFileSync(join(SOURCES, file), 'utf8').split('\n'))
      .filter((line) => line.includes('import('));
    expect(loads.length).toBeGreaterThan(10);
    expect(loads.filter((line) => !/\b(?:part|lazyPart)\((?:async )?\(\) =>/.test(line))).toEqual([]);
  });
});
