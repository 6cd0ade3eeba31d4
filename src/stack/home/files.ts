/** Small file helpers of the stack: whole files or none, and the tail of a log for an error message. */
import { closeSync, fchmodSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { PRIVATE_FILE } from './private-files.ts';

/** Writes a file that readers see either whole or not at all, and others than its owner never. */
export function writeFileAtomically(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: PRIVATE_FILE });
  renameSync(draft, file);
}

/** The parsed file, or undefined when it is missing or no JSON. The caller checks its form. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The last lines of a log, for a message about why a server did not start. */
export function lastLines(file: string, count = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/**
 * Opens a log for appending, lends its descriptor to `use` and closes it again (a child keeps its own copy). Others
 * cannot read it.
 */
export function withLog<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'a', PRIVATE_FILE);
  try {
    fchmodSync(descriptor, PRIVATE_FILE);
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
