/** Requests that came by a transport and have no answer yet, so that a program whose input has ended can answer them first. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';

export class OpenAnswers {
  readonly #open = new Set<RequestId>();
  #done: () => void = () => undefined;

  /** @param transport one that is connected already */
  constructor(transport: Transport) {
    const take = transport.onmessage;
    transport.onmessage = (message, extra) => {
      if ('id' in message && 'method' in message) this.#open.add(message.id);
      take?.(message, extra);
    };
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      await send(message, options);
      if ('id' in message && message.id !== undefined) this.#open.delete(message.id);
      if (this.#open.size === 0) this.#done();
    };
  }

  /** Resolves when all are answered, at the latest after so many ms. */
  async end(most: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, most);
      this.#done = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}
