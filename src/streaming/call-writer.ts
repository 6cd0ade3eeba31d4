/** The stream of one call on its way to the outbox: text joined until it is taken, between its beginning and its end. */
import { Coalescer } from './coalescer.ts';
import type { Outbox } from './outbox.ts';
import type { Piece } from './piece.ts';
import {
  RING,
  type CallAddress,
  type CallStream,
  type Masking,
  type StoredMessage,
  type StreamEvent,
} from './streamer.ts';

export class CallWriter implements CallStream {
  readonly #call: CallAddress;
  readonly #text: Coalescer;
  readonly #outbox: Outbox;
  #begun = false;
  #stopped = false;
  /** What ends it, once that is known. */
  #ending: Pick<Piece, 'message' | 'interrupted'> | null = null;

  constructor(call: CallAddress, masking: Masking, outbox: Outbox) {
    this.#call = call;
    this.#text = new Coalescer(masking);
    this.#outbox = outbox;
    outbox.ring(this);
  }

  push(text: string): void {
    if (this.#stopped) return;
    this.#text.push(text);
    this.#outbox.ring(this);
  }

  end(message: StoredMessage): void {
    if (!this.#stopped) this.#text.finish();
    this.#close({ message, interrupted: false });
  }

  /** What is held back, because a secret may begin there, is not told any more: it is not stored either. */
  interrupt(partial: StoredMessage | null): void {
    this.#close({ message: partial, interrupted: true });
  }

  /** What is to be written now, in order. */
  take(): readonly Piece[] {
    const first = this.#begun ? [] : [this.#piece('reset', '', 0)];
    this.#begun = true;
    const joined = this.#text.take();
    const text = joined === null ? [] : [this.#piece(joined.type, joined.content, joined.offset)];
    const ending = this.#ending;
    const last = ending === null ? [] : [{ ...this.#piece('end', '', this.#text.length), ...ending }];
    return [...first, ...text, ...last];
  }

  /** No more text of this call is told; its end still is. */
  stop(): void {
    this.#stopped = true;
  }

  #close(ending: Pick<Piece, 'message' | 'interrupted'>): void {
    this.#ending = ending;
    this.#outbox.ring(this);
  }

  #piece(type: StreamEvent['type'], content: string, offset: number): Piece {
    const keepFrom = Math.max(0, offset + content.length - RING);
    return { ...this.#call, type, content, offset, message: null, interrupted: false, keepFrom };
  }
}
