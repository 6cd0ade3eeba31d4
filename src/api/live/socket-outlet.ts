/**
 * Sends to one Socket.IO client, with back-pressure: when too much waits for the reader, the next send waits, and a
 * reader that takes nothing for too long is cut off, so that nobody makes this process hold events for him.
 *
 * What was not taken is lost with the connection; the client knows the seq of the last event that came.
 */
import type { Socket } from 'socket.io';
import { Bell } from '../../service/index.ts';

/** Events that may wait beside those that the connection has been given. */
const MAX_WAITING = 64;
/** A reader who wakes up in this time still hears why he was cut off. */
const FAREWELL_MS = 5_000;

export class SocketOutlet {
  readonly #socket: Socket;
  readonly #stallMs: number;
  readonly #onCut: () => void;
  readonly #waiters = new Set<Bell>();
  #waiting = 0;
  #cut = false;

  /** @param stallMs how long a reader may take nothing. @param onCut told when he was cut off for that. */
  constructor(socket: Socket, stallMs: number, onCut: () => void) {
    this.#socket = socket;
    this.#stallMs = stallMs;
    this.#onCut = onCut;
    const settle = () => {
      this.#waiting = 0;
      for (const bell of this.#waiters) bell.ring();
    };
    // `drain`: the connection has taken all that waited, since the reader has taken what it had before.
    socket.conn.on('drain', settle);
    socket.once('disconnect', settle);
  }

  /** False once the reader has gone or was cut off. */
  get open(): boolean {
    return this.#socket.connected && !this.#cut;
  }

  /** Resolves when there is room for more. */
  async send(name: string, event: unknown): Promise<void> {
    if (!this.open) return;
    this.#waiting++;
    // Sets the count back at once when the connection is free.
    this.#socket.emit(name, event);
    if (this.#waiting >= MAX_WAITING && !(await this.#drained())) this.#cutOff();
  }

  /** False when the reader took nothing in time. */
  async #drained(): Promise<boolean> {
    const bell = new Bell();
    this.#waiters.add(bell);
    const drained = await bell.wait(this.#stallMs);
    this.#waiters.delete(bell);
    return drained;
  }

  #cutOff(): void {
    if (!this.open) return;
    this.#cut = true;
    this.#onCut();
    const seconds = this.#stallMs / 1_000;
    this.#socket.emit('cut', {
      code: 'reader_too_slow',
      detail: `This reader took nothing for ${seconds} s. Subscribe again with the seq of the last event that came.`,
    });
    const { conn } = this.#socket;
    conn.close();
    setTimeout(() => conn.close(true), FAREWELL_MS).unref();
  }
}
