/** The contract runs in a browser: all of it, with what it imports, is bundled for one here. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const ROOM = fileURLToPath(new URL('.', import.meta.url));
/** What a page loads for it, packed: 51 KB when this was written, most of it zod. */
const MOST_KB = 60;

const modules = readdirSync(ROOM, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

it('needs nothing of Node, and a page can bear its size', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: modules.map((file) => `export * from './${file}';`).join('\n'),
      resolveDir: ROOM,
      loader: 'ts',
    },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const from = new Set(
    Object.keys(metafile.inputs).map((path) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1]),
  );
  expect([...from].filter((name) => name !== undefined).toSorted()).toEqual(['zod']);
  expect(gzipSync(outputFiles[0]?.contents ?? '').length / 1024).toBeLessThan(MOST_KB);
});
