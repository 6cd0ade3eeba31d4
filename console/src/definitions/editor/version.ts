/** The version of a text: which it is, which comes next, and the same text with another. Pure. */
import type { Format } from '../publish.ts';

/** The number at its end counted on: `1.0.0` → `1.0.1`, `2.1-rc` → `2.1-rc.1`. */
export function nextVersion(version: string): string {
  const found = /^(.*?)(\d+)$/.exec(version);
  if (found === null) return `${version}.1`;
  const [, head = '', number = '0'] = found;
  return `${head}${BigInt(number) + 1n}`;
}

/** The first of those that come next that is not published so far. */
export function freeVersion(version: string, published: readonly string[]): string {
  let next = nextVersion(version);
  while (published.includes(next)) next = nextVersion(next);
  return next;
}

/** The text with this version in place of its own; without one of its own, below its name. */
export function withVersion(text: string, version: string, format: Format): string {
  if (format === 'json') return withJsonVersion(text, version);
  const written = /^version:[ \t]*("[^"\n]*"|'[^'\n]*'|[^\s#]+)/m.exec(text);
  if (written !== null) {
    const at = written.index + written[0].length - (written[1]?.length ?? 0);
    return `${text.slice(0, at)}${version}${text.slice(written.index + written[0].length)}`;
  }
  return text.replace(/^name:.*$/m, (line) => `${line}\nversion: ${version}`);
}

function withJsonVersion(text: string, version: string): string {
  const value = JSON.stringify(version);
  if (/"version"\s*:/.test(text))
    return text.replace(/("version"\s*:\s*)("[^"]*"|[\w.]+)/, (_, head: string) => `${head}${value}`);
  return text.replace('{', `{\n  "version": ${value},`);
}
