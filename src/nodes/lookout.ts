/**
 * Looks at nodes and their work again whenever somebody tells that something has changed, and now and then: as long as it
 * is told to, one look at a time, and once for changes that come together.
 */
import { Channel } from '../database/channel.ts';
import type { Database } from '../database/database.ts';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { CHANNEL } from './node.ts';

const EVERY_MS = 1_000;
const TOGETHER_MS = 15;

interface LookoutDeps {
  readonly database: Database;
  readonly log: Logger;
  /** What throws is logged: the next look tries again. */
  readonly look: () => Promise<void>;
}

export class Lookout {
  readonly #deps: LookoutDeps;
  readonly #channel: Channel;
  #stop: (() => void) | null = null;
  #soon: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(deps: LookoutDeps) {
    this.#deps = deps;
    this.#channel = new Channel(CHANNEL, deps.database, deps.log);
  }

  /** Begins, where it has not, with a look at once. */
  begin(): void {
    if (this.#stop === null) {
      const unsubscribe = this.#channel.subscribe('', () => this.soon());
      const timer = setInterval(() => this.soon(), EVERY_MS);
      this.#stop = () => {
        unsubscribe();
        clearInterval(timer);
      };
    }
    this.soon();
  }

  rest(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#stop?.();
    this.#stop = null;
  }

  /** Looks a moment later, once for all that have asked for it by then. */
  soon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#look();
    }, TOGETHER_MS);
  }

  /** Never throws. */
  async #look(): Promise<void> {
    if (this.#looking) return this.soon();
    this.#looking = true;
    try {
      await this.#deps.look();
    } catch (error) {
      this.#deps.log.warn(
        { reason: messageOf(error) },
        'nodes and their work cannot be looked at; trying again',
      );
    } finally {
      this.#looking = false;
    }
  }
}
