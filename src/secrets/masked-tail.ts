/** The end of what comes in pieces, masked before its beginning is cut off. */
import { StringDecoder } from 'node:string_decoder';
import type { Masking } from './masking.ts';

export class MaskedTail {
  readonly #masking: Masking;
  readonly #chars: number;
  readonly #decoder = new StringDecoder('utf8');
  /** Not masked yet: a secret may go on in the next piece. */
  #held = '';
  #tail = '';

  /** @param chars how much is kept */
  constructor(masking: Masking, chars: number) {
    this.#masking = masking;
    this.#chars = chars;
  }

  push(piece: Buffer): void {
    this.#held += this.#decoder.write(piece);
    const { masked, length } = this.#masking.settle(this.#held);
    this.#held = this.#held.slice(length);
    this.#tail = (this.#tail + masked).slice(-this.#chars);
  }

  text(): string {
    return (this.#tail + this.#masking.mask(this.#held)).slice(-this.#chars);
  }
}
