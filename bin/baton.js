#!/usr/bin/env node
// Runs the built CLI; in a checkout that was not built yet it builds first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'dist', 'cli', 'main.js');

if (!existsSync(main)) {
  process.stderr.write('baton: building it first (npm run build)\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0 || !existsSync(main)) {
    process.stderr.write(
      `baton: the build failed. Run \`npm install && npm run build\` in ${root} and try again.\n`,
    );
    process.exit(2);
  }
}
process.setSourceMapsEnabled(true);
// What V8 made of the code is kept for the next call: a folder of the user's own, since it is code. Node 22 and later.
module.enableCompileCache?.(join(homedir(), '.cache', 'baton', 'compiled'));
await import(pathToFileURL(main).href);
