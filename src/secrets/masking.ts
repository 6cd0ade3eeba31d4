/**
 * Masks secrets in whatever leaves a process. All that is known is found in one pass for each way to read the text, in
 * linear time; a text that only looks like a secret is masked too.
 *
 * Not masked: values below four characters, encodings that nobody uses for text (compressed, encrypted, reversed), and
 * a secret of which others have cut a part off.
 */
import type { Json } from '../plan/json.ts';
import { formsOf } from './forms.ts';
import { Matcher, type Found } from './matcher.ts';
import { READERS } from './readers.ts';

const MASK = '***';
/** How far behind a cut is looked, in characters. */
const LOOK_AHEAD = 4_096;

export interface Masking {
  /** Replaces every secret in a text, however it is encoded. */
  readonly mask: (text: string) => string;
  /** How many characters at the end of a text must wait: a secret may begin there that goes on after it. */
  readonly torn: (text: string) => number;
  /** Both at once: masks a text without what must wait, and tells how long that part was. */
  readonly settle: (text: string) => Settled;
}

interface Settled {
  readonly masked: string;
  readonly length: number;
}

const NOTHING_TO_HIDE: Masking = {
  mask: (text) => text,
  torn: () => 0,
  settle: (text) => ({ masked: text, length: text.length }),
};

/** Makes the mask for some secrets; a fraction of a second for a hundred of them. */
export function maskingFor(secrets: readonly string[]): Masking {
  const words = formsOf(secrets);
  if (words.length === 0) return NOTHING_TO_HIDE;
  const matcher = new Matcher(words);
  const shortest = Math.min(...words.map((word) => word.length));
  const look = (text: string) =>
    READERS.filter((reader) => reader.applies(text)).map((reader) => matcher.find(text, reader));
  return {
    mask: (text) => (text.length < shortest ? text : covered(text, spansOf(look(text)))),
    torn: (text) => text.length - cutOf(text, look(text)),
    settle: (text) => {
      const found = look(text);
      const length = cutOf(text, found);
      const spans = spansOf(found).filter(([start]) => start < length);
      return { masked: covered(text.slice(0, length), spans), length };
    },
  };
}

/**
 * The beginning of a text, masked before it is cut, so that no part of a secret is left at the cut. Of a long text not
 * much more than that is looked at.
 */
export function maskedHead({ mask, settle }: Masking, text: string, chars: number): string {
  const near = text.slice(0, 2 * chars + LOOK_AHEAD);
  return (near.length === text.length ? mask(text) : settle(near).masked).slice(0, chars);
}

/** A value with every text masked, names of members and figures included. */
export function maskJson(value: Json, mask: Masking['mask']): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number' || typeof value === 'bigint') return maskNumber(value, mask);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, mask));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), maskJson(item, mask)]));
}

/** A text without user and password in URLs: who knows them did not mean to tell them. */
export function withoutLogins(text: string): string {
  return text.includes('@') ? text.replace(/(?<!\bssh):\/\/[^\s/?#@"'<>]{1,2000}@/g, `://${MASK}@`) : text;
}

function maskNumber(value: number | bigint, mask: Masking['mask']): Json {
  const text = String(value);
  return mask(text) === text ? value : MASK;
}

type Span = readonly [number, number];

function spansOf(found: readonly Found[]): Span[] {
  const all: Span[] = [];
  for (const { spans } of found) {
    for (let i = 0; i < spans.length; i += 2) all.push([spans[i] ?? 0, spans[i + 1] ?? 0]);
  }
  return all.sort((a, b) => a[0] - b[0]);
}

/** Where a text can be cut so that no secret is torn, neither one that may go on nor one that stands there whole. */
function cutOf(text: string, found: readonly Found[]): number {
  const open = Math.min(text.length, ...found.map((one) => one.open));
  return spansOf(found).reduceRight((cut, [start, end]) => (start < cut && cut < end ? start : cut), open);
}

/** Every span covered, those that overlap by one mask. @param spans in the order of their beginnings */
function covered(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const pieces: string[] = [];
  let told = 0;
  for (const [start, end] of spans) {
    if (told === 0 || start >= told) pieces.push(text.slice(told, start), MASK);
    told = Math.max(told, end);
  }
  return pieces.join('') + text.slice(told);
}
