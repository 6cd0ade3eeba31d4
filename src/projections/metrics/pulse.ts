/**
 * Whether the projector does its work, told by the parts that do it: a part is well when it has succeeded lately and
 * not failed since. Proof, not presence: a process that waits for an answer that never comes is not well.
 */
import { messageOf } from '../../errors/errors.ts';

/**
 * `discovery`: Temporal has listed what there is, and what was new is registered; `database`: open runs have been looked for, and leases renewed; `hints`:
 * the listening connection has answered; `pages`: what there was to write is written.
 */
export const PARTS = ['discovery', 'database', 'hints', 'pages'] as const;
export type Part = (typeof PARTS)[number];

export interface PartHealth {
  readonly status: 'ok' | 'starting' | 'failed';
  readonly reason?: string;
  /** Since its last success; absent before the first. */
  readonly seconds?: number;
}

export interface Health {
  /** Of the projector as a whole: `starting` until every part has succeeded once. */
  readonly status: 'ok' | 'starting' | 'failed';
  readonly parts: Readonly<Record<Part, PartHealth>>;
}

/** Parts that have something to do all the time fail when nothing is heard of them for so long. */
const SILENT_MS = 15_000;
/** Pages come when there are any: a failure counts until it is repeated, made good, or this old. */
const FORGET_MS = 30_000;

interface Seen {
  readonly okAt: number | null;
  readonly failedAt: number | null;
  readonly reason: string;
}

export class Pulse {
  readonly #seen = new Map<Part, Seen>();
  readonly #now: () => number;

  /** @param now ms of a clock that is never set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    // Nothing to write is well.
    this.beat('pages');
  }

  /** The part has done its work. */
  beat(part: Part): void {
    this.#seen.set(part, { okAt: this.#now(), failedAt: null, reason: '' });
  }

  /** It could not. */
  miss(part: Part, error: unknown): void {
    const okAt = this.#seen.get(part)?.okAt ?? null;
    this.#seen.set(part, { okAt, failedAt: this.#now(), reason: messageOf(error) });
  }

  health(): Health {
    const parts = Object.fromEntries(PARTS.map((part) => [part, this.#healthOf(part)])) as Health['parts'];
    const all = Object.values(parts).map(({ status }) => status);
    const isWhole = PARTS.every((part) => (this.#seen.get(part)?.okAt ?? null) !== null);
    return { status: !isWhole ? 'starting' : all.includes('failed') ? 'failed' : 'ok', parts };
  }

  #healthOf(part: Part): PartHealth {
    const { okAt = null, failedAt = null, reason = '' } = this.#seen.get(part) ?? {};
    const age = (since: number) => this.#now() - since;
    const seconds = okAt === null ? {} : { seconds: Math.round(age(okAt) / 1_000) };
    if (failedAt !== null && (part !== 'pages' || age(failedAt) < FORGET_MS)) {
      return { status: 'failed', reason, ...seconds };
    }
    if (okAt === null) return { status: 'starting' };
    if (part !== 'pages' && age(okAt) > SILENT_MS) {
      return { status: 'failed', reason: 'nothing was heard of it', ...seconds };
    }
    return { status: 'ok', ...seconds };
  }
}
