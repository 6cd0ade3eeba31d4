/** Definitions are compiled in browsers too, by this same code: all of it, with what it imports, is bundled for one here. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** What a page loads for it beside its own code, packed: 230 KB when this was written, half of it zod and patterns. */
const MOST_KB = 260;

async function bundled() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

it('needs nothing of Node, and a page can bear its size', async () => {
  const text = await bundled();
  expect(gzipSync(text).length / 1024).toBeLessThan(MOST_KB);
});

it('makes no code of texts, which the policy of a page forbids', async () => {
  const { Function: own } = globalThis;
  globalThis.Function = new Proxy(own, {
    construct: () => {
      throw new EvalError('This would not work in a page.');
    },
    apply: () => {
      throw new EvalError('This would not work in a page.');
    },
  });
  try {
    const url = `data:text/javascript;base64,${Buffer.from(await bundled()).toString('base64')}`;
    const { compile } = (await import(url)) as typeof import('./index.ts');
    const schema = '{ type: object, properties: { ok: { type: boolean } } }';
    const text = `name: w\nversion: '1'\nsteps:\n  - { key: a, agent: review, prompt: p, output_schema: ${schema} }\n`;
    expect(compile(text)).toHaveProperty('plan');
  } finally {
    globalThis.Function = own;
  }
});
