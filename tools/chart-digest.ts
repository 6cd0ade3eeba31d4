/** A digest of all that the Helm chart is made of: whoever has rendered something from it can tell from which chart. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Sixteen hexadecimal digits. @param root of the checkout */
export function chartDigest(root: string): string {
  const chart = join(root, 'deploy', 'helm', 'baton');
  const sources = [
    ...readdirSync(chart, { recursive: true, encoding: 'utf8' }).map((path) => join(chart, path)),
    join(root, 'deploy', 'kubernetes', 'values.yaml'),
  ].filter((path) => statSync(path).isFile());
  const hash = createHash('sha256');
  for (const path of sources.toSorted()) hash.update(`${relative(root, path)}\n`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}
