/**
 * Server-sent events on a response, with back-pressure: a write waits until the reader has taken what was sent, and a
 * reader that takes nothing for too long is cut off, so that nobody makes this process hold events for him.
 */
import type { ServerResponse } from 'node:http';
import { writeJson } from '../../plan/exact-json.ts';

export interface SseEvent {
  readonly id: number;
  readonly type: string;
  readonly data: unknown;
}

export class SseWriter {
  readonly #response: ServerResponse;
  readonly #stallMs: number;

  /** @param stallMs how long a reader may take nothing. */
  constructor(response: ServerResponse, stallMs: number) {
    this.#response = response;
    this.#stallMs = stallMs;
  }

  /** False once the reader has gone or was cut off. */
  get open(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Sends the head at once, so that the reader knows the stream stands. */
  start(): void {
    this.#response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.#response.flushHeaders();
    // Whoever asks for the head alone has it.
    if (this.#response.req.method === 'HEAD') this.#response.end();
  }

  /** Several go in one write, which costs about as much as one of them. */
  async send(...events: readonly SseEvent[]): Promise<void> {
    if (events.length > 0) await this.#write(events.map(frameOf).join(''));
  }

  /** A line that readers ignore and that keeps the connection from looking dead. */
  async heartbeat(): Promise<void> {
    await this.#write(': heartbeat\n\n');
  }

  end(): void {
    if (this.open) this.#response.end();
  }

  async #write(text: string): Promise<void> {
    if (!this.open || this.#response.write(text)) return;
    const drained = await this.#drained();
    if (!drained) this.#response.destroy();
  }

  /** False when the reader took nothing in time. */
  #drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (drained: boolean) => () => {
        clearTimeout(timer);
        this.#response.off('drain', onDrain).off('close', onDrain);
        resolve(drained);
      };
      const onDrain = settle(true);
      const timer = setTimeout(settle(false), this.#stallMs);
      this.#response.once('drain', onDrain).once('close', onDrain);
    });
  }
}

/** JSON text holds no line breaks, so one data line is enough. */
function frameOf({ id, type, data }: SseEvent): string {
  return `id: ${id}\nevent: ${type.replaceAll(/[\r\n]/g, ' ')}\ndata: ${writeJson(data)}\n\n`;
}
