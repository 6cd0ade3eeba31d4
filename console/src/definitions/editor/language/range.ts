/** The key or value that begins at a line and column: what is underlined. Pure. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Lines and columns count from 1. Never empty where the text is not, and never over the end of the line. */
export function rangeAt(text: string, line: number, column: number): Range {
  const begins = lineStart(text, line);
  const lineEnd = endOfLine(text, begins);
  const from = Math.min(begins + column - 1, lineEnd);
  const rest = text.slice(from, lineEnd);
  const length = wordLength(rest);
  if (length > 0) return { from, to: from + length };
  // At the end of a line the last word before it.
  const before = /\S+\s*$/.exec(text.slice(begins, from));
  return before === null
    ? { from, to: Math.min(from + 1, lineEnd) }
    : { from: begins + before.index, to: from };
}

/** A quoted text to its quote, a bracket by itself, anything else up to what ends it. */
function wordLength(rest: string): number {
  const quoted = /^"(?:[^"\\]|\\.)*"?|^'(?:[^']|'')*'?/.exec(rest);
  if (quoted !== null) return quoted[0].length;
  if (/^[{[]/.test(rest)) return 1;
  // A key ends at its colon; a plain value goes on to a comment or the end, or to what ends it in brackets.
  const key = /^[^\s:,{}[\]#][^:,{}[\]#]*(?=:(\s|$))/.exec(rest);
  if (key !== null) return key[0].length;
  const [value = ''] = /^[^,{}[\]]+?(?=\s+#|\s*$|\s*[,\]}])/.exec(rest) ?? /^\S+/.exec(rest) ?? [];
  return value.length;
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) {
    const end = text.indexOf('\n', at);
    if (end < 0) return at;
    at = end + 1;
  }
  return at;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** Where a step begins that has this key; undefined: it is not seen. */
export function placeOfStep(text: string, key: string): number | undefined {
  const escaped = key.replaceAll('-', String.raw`\-`);
  const found = new RegExp(`(?:^|[\\s{,])"?key"?:\\s*["']?(${escaped})(?=["'\\s,}]|$)`, 'm').exec(text);
  return found === null ? undefined : found.index + found[0].length - key.length;
}
