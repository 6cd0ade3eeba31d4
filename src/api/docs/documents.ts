/**
 * The documents of Baton as they are served to programs with models: a list of them (`llms.txt`), each one, and all in one text.
 * Read once; the build puts the files beside the programs.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IS_BUILT, ROOT } from '../../places.ts';

const BASE = IS_BUILT ? join(ROOT, 'dist') : ROOT;

interface Documents {
  /** `llms.txt`: what there is to read, with addresses that lead to {@link byName}. */
  readonly list: string;
  readonly byName: ReadonlyMap<string, string>;
  /** `llms-full.txt`. */
  readonly all: string;
}

let known: Documents | undefined;

/** Never changes while the process runs. @throws the error of reading a file, in a copy that was not built whole */
export function documents(): Documents {
  known ??= read(BASE);
  return known;
}

function read(base: string): Documents {
  const list = readFileSync(join(base, 'llms.txt'), 'utf8');
  const folder = join(base, 'docs');
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const byName = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  // In the order of the list.
  const listed = [...list.matchAll(/\]\(docs\/([\w-]+\.md)\)/g)].map(([, name = '']) => name);
  const all = listed.map((name) => `<!-- docs/${name} -->\n\n${byName.get(name) ?? ''}`);
  return { list, byName, all: `${list}\n${all.join('\n')}` };
}
