/**
 * Joins the text of one call between two moments of telling, without secrets.
 *
 * A secret that is torn over pieces is masked too: an end that may be the beginning of one is held back. At most
 * {@link RING} characters wait; when nobody takes them the oldest fall out, which the next offset tells.
 */
import { storableText } from '../plan/storable.ts';
import { RING, type Masking } from './streamer.ts';

export interface Joined {
  readonly type: 'token' | 'chunk';
  readonly content: string;
  readonly offset: number;
}

export class Coalescer {
  readonly #masking: Masking;
  /** Unmasked; may end with the beginning of a secret. */
  #held = '';
  /** Masked, to be taken. */
  #ready = '';
  /** Characters before `#ready`. */
  #offset = 0;
  #pieces = 0;

  constructor(masking: Masking) {
    this.#masking = masking;
  }

  /** Characters that were told or can be, those that fell out included. */
  get length(): number {
    return this.#offset + this.#ready.length;
  }

  push(text: string): void {
    this.#pieces++;
    this.#held += text;
    this.#release(safeCut(this.#held, this.#masking));
  }

  /** No more text will come: nothing is held back any longer. */
  finish(): void {
    this.#release(this.#held.length);
  }

  /** What is to be told now; null when nothing is. */
  take(): Joined | null {
    if (this.#ready === '') return null;
    const type = this.#pieces > 1 ? 'chunk' : 'token';
    const joined = { type, content: this.#ready, offset: this.#offset } as const;
    this.#offset += this.#ready.length;
    this.#ready = '';
    this.#pieces = 0;
    return joined;
  }

  #release(cut: number): void {
    this.#ready += storableText(this.#masking.mask(this.#held.slice(0, cut)));
    this.#held = this.#held.slice(cut);
    const kept = newest(this.#ready);
    this.#offset += this.#ready.length - kept.length;
    this.#ready = kept;
  }
}

/** Where the text can be cut so that no secret, and no surrogate pair, is torn. */
function safeCut(text: string, masking: Masking): number {
  let cut = text.length - masking.torn(text);
  while (cut > 0 && !isClean(text, cut, masking)) cut--;
  return cut;
}

function isClean(text: string, cut: number, { mask }: Masking): boolean {
  if (/[\ud800-\udbff]/.test(text.charAt(cut - 1))) return false;
  return cut === text.length || mask(text.slice(0, cut)) + mask(text.slice(cut)) === mask(text);
}

function newest(text: string): string {
  if (text.length <= RING) return text;
  const start = text.length - RING;
  return text.slice(/[\udc00-\udfff]/.test(text.charAt(start)) ? start + 1 : start);
}
