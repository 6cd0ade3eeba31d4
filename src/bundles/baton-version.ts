import { readFileSync } from 'node:fs';

/** Baton's own version. */
export function batonVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
