/**
 * Programs of the built product, for tests that start them as processes: what users run, and twice as quick to start as
 * the sources. One that is older than the sources would tell of former code, and is refused.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_BUILT = /\.test\.ts$|\/testing\//;

let isSeen = false;

/**
 * The arguments of Node that run it. @param module its place in `src`, without an extension
 *
 * @throws Error when the product is not built, or the sources have changed since
 */
export function builtProgram(module: string): readonly string[] {
  demandBuilt();
  return ['--enable-source-maps', join(ROOT, 'dist', `${module}.js`)];
}

/** Looks once a process. @throws Error as above */
export function demandBuilt(): void {
  if (isSeen) return;
  const newer = newerThanBuilt();
  if (newer !== undefined) throw new Error(`src/${newer} is newer than dist: npm run build comes first`);
  isSeen = true;
}

/** A source that was changed since the build, if there is one. */
export function newerThanBuilt(): string | undefined {
  const built = statSync(join(ROOT, 'dist', 'workflow-bundle.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !NOT_BUILT.test(path))
    .find((path) => statSync(join(ROOT, 'src', path)).mtimeMs > built);
}
