/**
 * Calls that wait in this process, so that their clients can cancel them by another request. Where there are several processes
 * that may come to another one: then the call goes on until it is done, or its client hangs up.
 */
import type { Response } from 'express';

export class OpenCalls {
  readonly #open = new Map<string, () => void>();

  /**
   * Until its response has gone. What has no session or no id cannot be cancelled.
   *
   * @param stop never rejects
   */
  add(session: string | undefined, id: unknown, stop: () => Promise<void>, response: Response): void {
    const key = keyOf(session, id);
    if (key === undefined) return;
    const end = () => {
      void stop();
      // Nobody waits for an answer; the request has to have an end.
      if (!response.headersSent) response.status(202).end();
    };
    this.#open.set(key, end);
    response.once('close', () => {
      if (this.#open.get(key) === end) this.#open.delete(key);
    });
  }

  cancel(session: string | undefined, id: unknown): void {
    const key = keyOf(session, id);
    if (key !== undefined) this.#open.get(key)?.();
  }
}

function keyOf(session: string | undefined, id: unknown): string | undefined {
  if (session === undefined || (typeof id !== 'string' && typeof id !== 'number')) return undefined;
  return JSON.stringify([session, id]);
}
