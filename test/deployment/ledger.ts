/**
 * What the world sees of effects: a server that writes down every request that acts, with its Idempotency-Key, and
 * answers after a moment, so that there is time to kill whoever waits for it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Entry {
  readonly path: string;
  /** null: there was none. */
  readonly key: string | null;
}

const ANSWER_AFTER_MS = 400;

export class Ledger {
  readonly url: string;
  readonly entries: Entry[] = [];
  readonly #close: () => void;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async open(): Promise<Ledger> {
    const server = createServer((request, response) => {
      const key = request.headers['idempotency-key'];
      const path = request.url ?? '';
      ledger.entries.push({ path, key: typeof key === 'string' ? key : null });
      request.resume();
      void ledger.#answer(path).then(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ path, written: ledger.entries.length }));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const ledger: Ledger = new Ledger(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return ledger;
  }

  /** `/quick` is answered at once. What asks for `/held` is answered no more, until {@link release}. */
  hold(): void {
    this.#gate = new Promise((open) => {
      this.#open = open;
    });
  }

  release(): void {
    this.#open();
  }

  /** Entries whose path begins so. */
  of(path: string): readonly Entry[] {
    return this.entries.filter((entry) => entry.path.startsWith(path));
  }

  close(): void {
    this.#close();
  }

  async #answer(path: string): Promise<void> {
    if (path.startsWith('/held')) await this.#gate;
    else if (path !== '/quick') await sleep(ANSWER_AFTER_MS);
  }
}
