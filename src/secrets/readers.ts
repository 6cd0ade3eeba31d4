/**
 * Ways to read a text in which a secret may stand escaped: character by character, each with the room that it takes in
 * the text. So one word finds a secret in every mixture of escapes, and the place where it really stands.
 *
 * Characters beyond ASCII are read byte by byte where they are escaped as UTF-8.
 */

/** One way to read. */
export interface Reader {
  /** Shorter words do not count for this way: they would be found by chance. */
  readonly shortest: number;
  /** False when this way shows nothing that the plain one does not. */
  readonly applies: (text: string) => boolean;
  /** What stands at a position: {@link unit}, or {@link TORN}. */
  readonly read: (text: string, at: number) => number;
}

/** The text ends within an escape. */
export const TORN = 0;
/** Belongs to no word: U+FFFF is no character. */
export const SKIPPED = 0xffff;

/** Of folded texts; see {@link READERS}. */
const SHORTEST_FOLDED = 16;

/** A character and how many characters of the text it takes. */
function unit(code: number, width: number): number {
  return (width << 16) | (code & 0xffff);
}

const plain = (text: string, at: number): number => unit(text.charCodeAt(at), 1);

/** `%2F` and `%2f`. */
function percent(text: string, at: number): number {
  return text.charCodeAt(at) === PERCENT ? hexAfter(text, at, 1, 2) : plain(text, at);
}

/** As forms are sent: a space is a plus. */
function form(text: string, at: number): number {
  return text.charCodeAt(at) === PLUS ? unit(SPACE, 1) : percent(text, at);
}

/** Escaped several times: `%252F`. */
function deepPercent(text: string, at: number): number {
  if (text.charCodeAt(at) !== PERCENT) return plain(text, at);
  let digits = at + 1;
  while (digits - at < LONGEST_RUN && text.startsWith('25', digits) && isHex(text.charCodeAt(digits + 2))) {
    digits += 2;
  }
  return hexAfter(text, at, digits - at, 2);
}

/** JSON, programs and shells: `\n`, `\u0041`, `\x41`, `\101`, `\$`. */
function backslash(text: string, at: number): number {
  return text.charCodeAt(at) === BACKSLASH ? escaped(text, at, 1) : plain(text, at);
}

/** What stands for a quote within the quotes of a shell: `'\''` and `'"'"'`. */
function quoted(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return plain(text, at);
  if (text.startsWith(`'\\''`, at)) return unit(QUOTE, 4);
  return text.startsWith(`'"'"'`, at) ? unit(QUOTE, 5) : plain(text, at);
}

/** Escaped several times: JSON within JSON. */
function deepBackslash(text: string, at: number): number {
  if (text.charCodeAt(at) !== BACKSLASH) return plain(text, at);
  let run = 1;
  while (text.charCodeAt(at + run) === BACKSLASH && run < LONGEST_RUN) run++;
  return escaped(text, at, run);
}

/** HTML and XML: `&amp;`, `&#39;`, `&#x27;`. */
function entity(text: string, at: number): number {
  if (text.charCodeAt(at) !== AMPERSAND) return plain(text, at);
  const near = text.slice(at + 1, at + LONGEST_ENTITY);
  const end = near.indexOf(';');
  if (end < 0) return at + LONGEST_ENTITY > text.length && /^#?\w*$/.test(near) ? TORN : plain(text, at);
  const name = near.slice(0, end).toLowerCase();
  const code = name.startsWith('#') ? numeric(name.slice(1)) : ENTITIES[name];
  return code === undefined || Number.isNaN(code) ? plain(text, at) : unit(code, end + 2);
}

/** Broken into lines, spaced out, or with two bytes a character: white space and NUL do not count. */
function folded(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code <= SPACE) return unit(SKIPPED, 1);
  if (code === BACKSLASH && /[nrt]/.test(text.charAt(at + 1))) return unit(SKIPPED, 2);
  if (code === PERCENT && /^0[ad]$/i.test(text.slice(at + 1, at + 3))) return unit(SKIPPED, 3);
  return unit(code, 1);
}

const holds =
  (...parts: readonly string[]) =>
  (text: string): boolean =>
    parts.some((part) => text.includes(part));

/** As the text stands. */
export const PLAIN: Reader = { shortest: 1, applies: () => true, read: plain };

/** All ways. */
export const READERS: readonly Reader[] = [
  PLAIN,
  { shortest: 1, applies: holds('%'), read: percent },
  { shortest: 1, applies: holds('+'), read: form },
  { shortest: 1, applies: holds('%25'), read: deepPercent },
  { shortest: 1, applies: holds('\\'), read: backslash },
  { shortest: 1, applies: holds(`'\\'`, `'"'`), read: quoted },
  { shortest: 1, applies: holds('\\\\'), read: deepBackslash },
  { shortest: 1, applies: holds('&'), read: entity },
  { shortest: SHORTEST_FOLDED, applies: (text) => /[\s\0\\%]/.test(text), read: folded },
];

const SPACE = 0x20;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const QUOTE = 0x27;
const PLUS = 0x2b;
const BACKSLASH = 0x5c;
const LONGEST_ENTITY = 9;
/** Of what is escaped many times: a bound, so that reading stays linear. */
const LONGEST_RUN = 64;

const ENTITIES: Readonly<Record<string, number>> = {
  amp: AMPERSAND,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: QUOTE,
  nbsp: SPACE,
  plus: PLUS,
  equals: 0x3d,
  sol: 0x2f,
};

function numeric(digits: string): number {
  return digits.startsWith('x') ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
}

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, a: 7, e: 27 };

/** @param run how many backslashes stand there */
function escaped(text: string, at: number, run: number): number {
  const next = text.charAt(at + run);
  if (next === '') return TORN;
  if (next === 'u') return hexAfter(text, at, run + 1, 4);
  if (next === 'x') return hexAfter(text, at, run + 1, 2);
  if (next === '\n') return unit(SKIPPED, run + 1);
  const octal = /^[0-7]{3}/.exec(text.slice(at + run, at + run + 3))?.[0];
  if (octal !== undefined) return unit(Number.parseInt(octal, 8), run + 3);
  return unit(CONTROLS[next] ?? next.charCodeAt(0), run + 1);
}

/** A code of so many hex digits, `skip` characters after `at`; the character itself where there are none. */
function hexAfter(text: string, at: number, skip: number, digits: number): number {
  let code = 0;
  for (let i = 0; i < digits; i++) {
    const place = at + skip + i;
    if (place >= text.length) return TORN;
    const digit = text.charCodeAt(place);
    if (!isHex(digit)) return plain(text, at);
    code = code * 16 + (digit <= 0x39 ? digit - 0x30 : (digit & 0xdf) - 0x37);
  }
  return unit(code, skip + digits);
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
