/** What a reader loads for each page, packed: the console stays quick on slow lines. Of the built console. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../dist/console');
const MANIFEST = join(FOLDER, '.vite/manifest.json');

/** KiB, gzip -9, of all scripts that a page needs before it shows what it is for. */
const PAGES = {
  'index.html': 133,
  'src/runs/runs-page.tsx': 165,
  'src/run/run-page.tsx': 182,
  'src/inbox/inbox-page.tsx': 168,
  'src/definitions/definitions-page.tsx': 152,
  'src/definitions/definition-page.tsx': 164,
  'src/insights/insights-page.tsx': 144,
  'src/nodes/nodes-page.tsx': 146,
  'src/webhooks/webhooks-page.tsx': 150,
} as const;

/** What a view of a run adds to the page of the run. */
const VIEWS = {
  'src/run/graph/graph-view.tsx': 65,
  'src/run/timeline/timeline-view.tsx': 23,
  'src/run/conversation/conversation-view.tsx': 28,
  'src/run/checkpoints/checkpoints-view.tsx': 20,
  'src/run/events/events-view.tsx': 16,
} as const;

const MOST_STYLES = 15;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const read = (): Readonly<Record<string, Chunk>> => {
  if (!existsSync(MANIFEST)) throw new Error('The console is not built: npm run build');
  return JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, Chunk>;
};

const manifest = read();
const packed = new Map<string, number>();

function kib(file: string): number {
  const known = packed.get(file) ?? gzipSync(readFileSync(join(FOLDER, file)), { level: 9 }).length / 1024;
  packed.set(file, known);
  return known;
}

/** The chunk and all that it imports before it runs. */
function closure(name: string, found = new Set<string>()): ReadonlySet<string> {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`The build has no ${name}.`);
  if (found.has(name)) return found;
  found.add(name);
  for (const imported of chunk.imports ?? []) closure(imported, found);
  return found;
}

const sum = (names: Iterable<string>) =>
  [...names].reduce((total, name) => total + kib(manifest[name]?.file ?? ''), 0);
const shell = closure('index.html');

describe('the built console', () => {
  it.each(Object.entries(PAGES))('%s is loaded within %d KiB', (name, most) => {
    expect(sum(new Set([...shell, ...closure(name)]))).toBeLessThan(most);
  });

  it.each(Object.entries(VIEWS))('%s adds at most %d KiB to its run', (name, most) => {
    const there = new Set([...shell, ...closure('src/run/run-page.tsx')]);
    expect(sum([...closure(name)].filter((one) => !there.has(one)))).toBeLessThan(most);
  });

  it(`has styles of at most ${MOST_STYLES} KiB for all pages`, () => {
    const styles = new Set([...shell].flatMap((name) => manifest[name]?.css ?? []));
    expect([...styles].reduce((total, file) => total + kib(file), 0)).toBeLessThan(MOST_STYLES);
  });

  it('gives every file a name that says what is in it', () => {
    const files = Object.values(manifest).map(({ file }) => file);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !/^assets\/.+-[\w-]{8}\.\w+$/.test(file))).toEqual([]);
  });
});
