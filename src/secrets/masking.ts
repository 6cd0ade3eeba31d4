/**
 * Masks secrets in whatever leaves a process. All that is known is found in one pass for each way to read the text, in
 * linear time; a text that only looks like a secret is masked too.
 *
 * Not masked: values below four characters, encodings that nobody uses for text (compressed, encrypted, reversed), and
 * a secret of which others have cut a part off.
 */
import type { Json } from '../plan/json.ts';
import { formsOf } from './forms.ts';
import { Matcher } from './matcher.ts';
import { READERS } from './readers.ts';

const MASK = '***';

export interface Masking {
  /** Replaces every secret in a text, however it is encoded. */
  readonly mask: (text: string) => string;
  /** How many characters at the end of a text must wait: a secret may begin there that goes on after it. */
  readonly torn: (text: string) => number;
}

/** Makes the mask for some secrets; a fraction of a second for a hundred of them. */
export function maskingFor(secrets: readonly string[]): Masking {
  const words = formsOf(secrets);
  if (words.length === 0) return { mask: (text) => text, torn: () => 0 };
  const matcher = new Matcher(words);
  const shortest = Math.min(...words.map((word) => word.length));
  const look = (text: string) =>
    READERS.filter((reader) => reader.applies(text)).map((reader) => matcher.find(text, reader));
  return {
    mask: (text) => {
      if (text.length < shortest) return text;
      const spans = look(text).flatMap(({ spans: found }) => pairs(found));
      return spans.length === 0 ? text : covered(text, spans);
    },
    torn: (text) => {
      const found = look(text);
      const spans = found.flatMap((one) => pairs(one.spans)).toSorted((a, b) => b[0] - a[0]);
      const open = Math.min(text.length, ...found.map((one) => one.open));
      // Nor is a secret torn that stands there whole.
      const cut = spans.reduce((at, [start, end]) => (start < at && at < end ? start : at), open);
      return text.length - cut;
    },
  };
}

/** A value with every text masked, names of members and figures included. */
export function maskJson(value: Json, mask: Masking['mask']): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') return maskNumber(value, mask);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, mask));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), maskJson(item, mask)]));
}

/** A text without user and password in URLs: who knows them did not mean to tell them. */
export function withoutLogins(text: string): string {
  return text.includes('@') ? text.replace(/(?<!\bssh):\/\/[^\s/?#@"'<>]{1,2000}@/g, `://${MASK}@`) : text;
}

function maskNumber(value: number, mask: Masking['mask']): Json {
  const text = String(value);
  return mask(text) === text ? value : MASK;
}

type Span = readonly [number, number];

function pairs(flat: readonly number[]): Span[] {
  const found: Span[] = [];
  for (let i = 0; i < flat.length; i += 2) found.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return found;
}

/** Every span covered, those that overlap by one mask. */
function covered(text: string, spans: readonly Span[]): string {
  const pieces: string[] = [];
  let told = 0;
  let masked = -1;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    if (start >= masked) {
      pieces.push(text.slice(told, start), MASK);
      masked = end;
    }
    masked = Math.max(masked, end);
    told = masked;
  }
  return pieces.join('') + text.slice(told);
}
