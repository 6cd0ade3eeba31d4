/**
 * Texts by characters (code points), as CEL and `size` count them; the language underneath counts UTF-16 units, so that
 * 🎯 would be two. Linear in the text.
 */

const HALVES = /[\ud800-\udfff]/;

/** Are units and characters the same in this text? */
export const isPlain = (text: string): boolean => !HALVES.test(text);

/** Where the character of this number begins, in units; -1 beyond the end, which itself is the last place. */
export function unitOf(text: string, character: number): number {
  if (character < 0) return -1;
  let left = character;
  let at = 0;
  while (left > 0 && at < text.length) {
    at += isPair(text, at) ? 2 : 1;
    left -= 1;
  }
  return left === 0 ? at : -1;
}

/** How many characters begin before this unit. */
export function characterOf(text: string, unit: number): number {
  let characters = 0;
  for (let at = 0; at < unit; at += isPair(text, at) ? 2 : 1) characters += 1;
  return characters;
}

function isPair(text: string, at: number): boolean {
  const [first, second] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
}
