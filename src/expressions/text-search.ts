/**
 * Finding a text in another in linear time, whatever the two are. What the language offers takes the product of their
 * lengths for some, and nothing can interrupt it.
 */

/** Up to this length of what is looked for, the product is linear enough, and the language's own search is faster. */
const SHORT = 8;

/** Where `what` begins in `text` at or after `from`, or -1. */
export function firstIndex(text: string, what: string, from = 0): number {
  return what.length <= SHORT ? text.indexOf(what, from) : search(text, what, bordersOf(what), from);
}

/** Where `what` begins in `text` last, at or before `from`, or -1. */
export function lastIndex(text: string, what: string, from = text.length): number {
  if (what.length <= SHORT) return text.lastIndexOf(what, from);
  const before = text.slice(0, from + what.length);
  const fromEnd = firstIndex(backwards(before), backwards(what));
  return fromEnd < 0 ? -1 : before.length - fromEnd - what.length;
}

/** The text between the places of `by`, from the left. */
export function split(text: string, by: string): string[] {
  if (by.length <= SHORT) return text.split(by);
  const borders = bordersOf(by);
  const parts: string[] = [];
  let done = 0;
  for (let at = search(text, by, borders, 0); at >= 0; at = search(text, by, borders, done)) {
    parts.push(text.slice(done, at));
    done = at + by.length;
  }
  parts.push(text.slice(done));
  return parts;
}

/** Knuth, Morris and Pratt's way: no character of the text is looked at twice. */
function search(text: string, what: string, borders: Int32Array, from: number): number {
  let fits = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    while (fits > 0 && what.charCodeAt(fits) !== char) fits = borders[fits - 1] ?? 0;
    if (what.charCodeAt(fits) === char) fits += 1;
    if (fits === what.length) return at - fits + 1;
  }
  return -1;
}

/** For each beginning of `what`: how long its longest end is that is a beginning too. */
function bordersOf(what: string): Int32Array {
  const borders = new Int32Array(what.length);
  let fits = 0;
  for (let at = 1; at < what.length; at++) {
    const char = what.charCodeAt(at);
    while (fits > 0 && what.charCodeAt(fits) !== char) fits = borders[fits - 1] ?? 0;
    if (what.charCodeAt(fits) === char) fits += 1;
    borders[at] = fits;
  }
  return borders;
}

function backwards(text: string): string {
  return text.split('').toReversed().join('');
}
