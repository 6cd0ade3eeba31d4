/** Run by `npm run lint`: ends with 1 when an import in src/, or of the client, leads where its room may not go. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from '../../src/places.ts';
import { strayImports } from './check.ts';
import { CLIENT } from './rooms.ts';

const SOURCES = join(ROOT, 'src');

const found = ['.', CLIENT]
  .flatMap((folder) =>
    readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      posix.join(folder, path),
    ),
  )
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('testing/'))
  .flatMap((path) => strayImports(path, readFileSync(join(SOURCES, path), 'utf8')));

for (const line of found) process.stdout.write(`${line}\n`);
process.exitCode = found.length === 0 ? 0 : 1;
