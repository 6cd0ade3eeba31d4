/**
 * Makes `dist/`: one file of JavaScript with everything in it, so that the client needs no package, and its types. What of
 * Baton's own sources is bundled in shows in no type.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(HERE, 'dist');

rmSync(DIST, { recursive: true, force: true });
await build({
  entryPoints: [join(HERE, 'src/index.ts')],
  outfile: join(DIST, 'index.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});

const draft = mkdtempSync(join(tmpdir(), 'baton-client-'));
try {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  execFileSync(process.execPath, [compiler, '-p', HERE, '--outDir', draft], { stdio: 'inherit' });
  cpSync(join(draft, 'packages/client/src'), DIST, { recursive: true });
} finally {
  rmSync(draft, { recursive: true, force: true });
}
for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.d.ts')) continue;
  const text = readFileSync(join(DIST, file), 'utf8');
  writeFileSync(join(DIST, file), text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
}
