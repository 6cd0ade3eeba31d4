/**
 * The console as it was built: its page, into which each answer puts a nonce of its own, and its files, whose names say
 * what is in them. A copy of Baton that was not built whole has none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../places.ts';

const FOLDER = join(ROOT, 'dist', 'console');

/** Where the build leaves room for it. */
const NONCE = /__NONCE__/g;

export interface BuiltConsole {
  readonly folder: string;
  readonly page: (nonce: string) => string;
}

/** Undefined: it was not built. */
export function builtConsole(folder = FOLDER): BuiltConsole | undefined {
  const file = `${folder}/index.html`;
  if (!existsSync(file)) return undefined;
  // Read for each visit: after a build the page names other files.
  return { folder, page: (nonce) => readFileSync(file, 'utf8').replaceAll(NONCE, nonce) };
}
