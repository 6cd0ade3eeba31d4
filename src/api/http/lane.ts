/**
 * A bounded number of requests at work at once. More wait their turn, in their order: the first few as long as a small
 * burst takes on a slow machine, those behind them for a short time only. Whoever finds no room, or whose turn does not
 * come, is refused before anything has happened for it.
 */
import { UnavailableError } from '../../errors/errors.ts';

export interface LaneLimits {
  /** At work at the same time. */
  readonly atOnce: number;
  /** The first who wait for a place, and for how long, in ms. */
  readonly patient: number;
  readonly patientMs: number;
  /** Those who wait behind them, and for how long, in ms. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Told of each refusal, and how many are at work whenever that changes. */
export interface LaneFigures {
  readonly refused: () => void;
  readonly underWay: (count: number) => void;
}

/** A request's seat among those at work. */
export interface Seat {
  /** Gives the seat to the next one. Counts once. */
  leave(): void;
}

const NO_FIGURES: LaneFigures = { refused: () => undefined, underWay: () => undefined };

export class Lane {
  readonly #limits: LaneLimits;
  readonly #figures: LaneFigures;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(limits: LaneLimits, figures: LaneFigures = NO_FIGURES) {
    this.#limits = limits;
    this.#figures = figures;
  }

  /** @throws UnavailableError `server_busy` */
  async enter(): Promise<Seat> {
    if (this.#inside >= this.#limits.atOnce) await this.#turn();
    else this.#count(1);
    let isInside = true;
    return {
      leave: () => {
        if (isInside) this.#next();
        isInside = false;
      },
    };
  }

  /** Resolves with a seat that somebody has left: their number stays. */
  #turn(): Promise<void> {
    const { patient, patientMs, waiting, waitMs } = this.#limits;
    if (this.#waiting.size >= patient + waiting) return Promise.reject(this.#refuse());
    const ms = this.#waiting.size < patient ? patientMs : waitMs;
    return new Promise((resolve, reject) => {
      const go = () => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(go);
        reject(this.#refuse());
      }, ms);
      this.#waiting.add(go);
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) this.#count(-1);
    else first();
  }

  #count(change: 1 | -1): void {
    this.#inside += change;
    this.#figures.underWay(this.#inside);
  }

  #refuse(): UnavailableError {
    this.#figures.refused();
    return serverBusy('More requests are under way than this process takes at once.');
  }
}

/** Nothing has happened for whoever is refused so: the same request may be sent again. */
export function serverBusy(reason: string): UnavailableError {
  const message = `${reason} Nothing has been done for this one: send it again after Retry-After.`;
  return new UnavailableError('server_busy', message, { retryAfterSeconds: 1 });
}
