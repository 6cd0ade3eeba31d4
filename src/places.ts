/**
 * Where the files of Baton lie: beside the code as it was written, and beside the programs of the built product, whose
 * code stands in other files than it was written in. Whoever needs a file asks here, and none goes by its own place.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, or the installed package: the folder of package.json. */
export const ROOT = above(dirname(fileURLToPath(import.meta.url)));

const EXTENSION = extname(import.meta.url);
/** True in the built product, false where the sources are run. */
export const IS_BUILT = EXTENSION === '.js';

/** The file of a program or thread that is started by its path. @param module its place in `src`, without an extension */
export const moduleFile = (module: string): string =>
  join(ROOT, IS_BUILT ? 'dist' : 'src', `${module}${EXTENSION}`);

function above(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : above(dirname(folder));
}

/** Baton's own version. */
export function batonVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
