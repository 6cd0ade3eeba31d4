/** The house itself: how large its rooms may be, how deep they lie, and that arrows between them go one way. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const MOST_FILES = 20;
const MOST_FOLDERS = 5;

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('/testing/'));

const tests = ['src', 'test'].flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .map((file) => join(room, file))
    .filter((file) => file.endsWith('.test.ts')),
);

const IMPORT = /\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g;

/** Files that a file names, types included. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, path = '']) => join(dirname(file), path));
}

/** Between two rooms that lie side by side: the import that leads from one to the other. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly by: string;
}

function arrowOf(file: string, imported: string): Arrow | null {
  const left = dirname(file).split('/');
  const right = dirname(imported).split('/');
  const parts = left.findIndex((part, i) => part !== right[i]);
  const depth = parts < 0 ? left.length : parts;
  if (depth >= left.length || depth >= right.length) return null;
  const roomOf = (path: readonly string[]) => path.slice(0, depth + 1).join('/');
  return { from: roomOf(left), to: roomOf(right), by: `${file} → ${relative('src', imported)}` };
}

const arrows = files.flatMap((file) => importsOf(file).flatMap((imported) => arrowOf(file, imported) ?? []));

/** Rooms that are reached from a room, by one import each. */
function reachable(room: string): ReadonlyMap<string, Arrow> {
  const found = new Map<string, Arrow>();
  const visit = (from: string): void => {
    for (const arrow of arrows) {
      if (arrow.from !== from || found.has(arrow.to)) continue;
      found.set(arrow.to, arrow);
      visit(arrow.to);
    }
  };
  visit(room);
  return found;
}

describe('the house', () => {
  test('has files in it', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(arrows.length).toBeGreaterThan(100);
    expect(tests.length).toBeGreaterThan(100);
  });

  test('has no test that depends on how fast the machine is', () => {
    const timed = tests.filter((file) =>
      /performance\.now\(\) -|cpuUsage|hrtime/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(timed.filter((file) => file !== relative(ROOT, import.meta.filename))).toEqual([]);
  });

  test('has no deadline that is forgotten: what stands beside other reasons to stop is an alarm', () => {
    const all = [
      ...files,
      ...readdirSync(join(ROOT, 'packages/client/src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join('packages/client/src', file)),
    ];
    const both = all.filter((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return text.includes('AbortSignal.any(') && text.includes('AbortSignal.timeout(');
    });
    expect(both).toEqual([]);
  });

  test(`no folder holds more than ${MOST_FILES} files`, () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
  });

  test(`no file lies deeper than ${MOST_FOLDERS} folders`, () => {
    expect(files.filter((file) => file.split('/').length - 1 > MOST_FOLDERS)).toEqual([]);
  });

  test('rooms that lie side by side lead to each other one way', () => {
    const rooms = new Set(arrows.map(({ from }) => from));
    const back = [...rooms].flatMap((room) => reachable(room).get(room)?.by ?? []);
    expect(back).toEqual([]);
  });
});
