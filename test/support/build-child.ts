/** Programs that only tests run, built where those of the product stand, so that they are found as these are. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../src/places.ts';

/** The built program. @param name of its file in this folder, without an extension */
export async function buildChild(name: string): Promise<string> {
  const outfile = join(ROOT, 'dist', 'testing', `${name}.js`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
  });
  return outfile;
}
