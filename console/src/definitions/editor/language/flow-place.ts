/** The same in `{ }` and `[ ]`: JSON, and YAML that is written on one line. Pure; what comes after the cursor is not seen. */
import type { PlacePath } from './members-at.ts';
import type { Place } from './place.ts';

interface Frame {
  readonly isMap: boolean;
  readonly present: string[];
  /** The member whose value is being written. */
  key: string | undefined;
}

interface Word {
  readonly text: string;
  readonly start: number;
  /** Its quote has not been closed. */
  readonly isOpen: boolean;
  readonly isQuoted: boolean;
}

/**
 * @param text from the first bracket on, up to the cursor
 * @param offset of the text
 * @param base the path of what stands in the bracket
 */
export function flowPlace(text: string, offset: number, base: PlacePath): Place | undefined {
  const stack: Frame[] = [];
  let word: Word | undefined;
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    const top = stack.at(-1);
    if (char === '"' || char === "'") {
      word = quotedAt(text, at);
      at = word.start + word.text.length + (word.isOpen ? 0 : 1);
      continue;
    }
    if (char === '{' || char === '[') stack.push({ isMap: char === '{', present: [], key: undefined });
    else if (char === '}' || char === ']') stack.pop();
    else if (char === ':' && top?.isMap === true && top.key === undefined && word !== undefined) {
      top.key = word.text;
      top.present.push(word.text);
    } else if (char === ',' && top !== undefined) top.key = undefined;
    else if (!/\s/.test(char)) {
      word = plainAt(text, at);
      at = word.start + word.text.length;
      continue;
    }
    word = /\s/.test(char) && word?.isQuoted === true ? word : undefined;
    at++;
  }
  return placeOf(stack, word, { length: text.length, offset, base });
}

interface Whole {
  readonly length: number;
  readonly offset: number;
  readonly base: PlacePath;
}

function placeOf(
  stack: readonly Frame[],
  word: Word | undefined,
  { length, offset, base }: Whole,
): Place | undefined {
  const top = stack.at(-1);
  if (top === undefined || (word?.isQuoted === true && !word.isOpen)) return undefined;
  // The bracket that is open first stands for the base itself.
  const inner = stack.slice(0, -1).map((frame) => (frame.isMap ? frame.key : '*'));
  const path = [...base, ...inner.filter((part) => part !== undefined)];
  const from = offset + (word?.start ?? length);
  const quoted = word?.isQuoted === true;
  const shared = { from, quoted, flow: true };
  if (!top.isMap) {
    const member = path.findLast((part) => part !== '*');
    return { ...shared, path: [...path, '*'], expects: 'key', member, present: [] };
  }
  if (top.key === undefined)
    return { ...shared, path, expects: 'key', member: undefined, present: top.present };
  return { ...shared, path, expects: 'value', member: top.key, present: top.present };
}

function quotedAt(text: string, at: number): Word {
  const quote = text.charAt(at);
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== quote)
    end += quote === '"' && text.charAt(end) === '\\' ? 2 : 1;
  const isOpen = end >= text.length;
  return { text: text.slice(at + 1, end), start: at + 1, isOpen, isQuoted: true };
}

/** A colon belongs to a word unless a space or the end follows, as in URLs. */
function plainAt(text: string, at: number): Word {
  const [found = ''] = /^(?:[^\s{}[\],:"']|:(?=[^\s"'{[]))+/.exec(text.slice(at)) ?? [];
  return { text: found === '' ? text.charAt(at) : found, start: at, isOpen: true, isQuoted: false };
}
