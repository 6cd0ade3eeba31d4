import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../places.ts';

/** Baton's own version. */
export function batonVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
