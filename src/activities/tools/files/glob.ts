/**
 * Glob patterns, matched in linear time whatever they hold: `*` and `?` within a name, `**` over folders, `{a,b}`,
 * `[a-z]`. A pattern without `/` is matched against the name alone, as git does.
 */
import { RE2JS } from 're2js';
import { ToolRefusal } from '../tool.ts';

export type Matcher = (path: string) => boolean;

const everything: Matcher = () => true;

/** What a pattern matches, over paths with `/` between names. @throws ToolRefusal for what is no pattern */
export function globMatcher(pattern: string | undefined): Matcher {
  if (pattern === undefined) return everything;
  const anchored = pattern.replace(/^\.?\//, '');
  const source = sourceOf(anchored);
  try {
    const compiled = RE2JS.compile(anchored.includes('/') ? source : `(?:.*/)?${source}`, RE2JS.DOTALL);
    return (path) => compiled.testExact(path);
  } catch {
    throw new ToolRefusal(
      `${JSON.stringify(pattern)} is no glob pattern. Write it such as *.ts or src/**/*.{js,ts}.`,
    );
  }
}

const TOKENS = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|[{},]|\\.|[^]/gu;

function sourceOf(glob: string): string {
  let depth = 0;
  const pieces = (glob.match(TOKENS) ?? []).map((token) => {
    if (token === '{') depth++;
    const piece = pieceOf(token, depth > 0);
    if (token === '}' && depth > 0) depth--;
    return piece;
  });
  return pieces.join('');
}

function pieceOf(token: string, inBraces: boolean): string {
  if (token === '**/') return '(?:.*/)?';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token === '{') return '(?:';
  if (token === '}' && inBraces) return ')';
  if (token === ',' && inBraces) return '|';
  if (token.length > 1 && token.startsWith('[')) return token.replace(/^\[!/, '[^');
  return RE2JS.quote(token.startsWith('\\') ? token.slice(1) : token);
}
