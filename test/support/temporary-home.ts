/** A BATON_HOME that lasts as long as a test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterFile } from './after-file.ts';

/** Makes the directory; call it at the top level of a file or in `beforeAll`. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'baton-home-'));
  afterFile(() => rmSync(home, { recursive: true, force: true }));
  return home;
}
