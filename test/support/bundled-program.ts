/** A program of the tests as one file, made once by each process: started from its sources it takes three times as long. */
import { mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from '../../src/places.ts';
import { REQUIRE_BANNER } from '../../tools/require-banner.ts';

/** Not among temporary files: a step's program has none but its own. */
const FOLDER = join(ROOT, 'node_modules', '.cache', 'baton-test-programs');

const made = new Set<string>();

/** @param source path of a module in TypeScript @returns path of a file for `node` */
export function bundledProgram(source: string): string {
  const file = join(FOLDER, `${basename(source, '.ts')}.mjs`);
  if (made.has(file)) return file;
  mkdirSync(FOLDER, { recursive: true });
  // Several processes make the same one.
  const outfile = file.replace(/\.mjs$/, `-${process.pid}.mjs`);
  buildSync({
    ...{ entryPoints: [source], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' },
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
  });
  renameSync(outfile, file);
  made.add(file);
  return file;
}
