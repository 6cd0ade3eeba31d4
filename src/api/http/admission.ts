/**
 * What this process takes in at once, so that a burst is refused early instead of queued without bound: requests at
 * work by lane, bytes of bodies held, live readers.
 *
 * The lanes are apart so that none starves the others. `write`: whatever changes something, and costs Postgres and
 * Temporal a few calls each. `start`: the same, of runs, which come in bursts: who is taken in is answered within a
 * second, so nobody waits long for his turn. `command`: messages to runs; they mostly wait, in batches, for runs to read them. `read`:
 * everything else but probes, which are always answered.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { UnavailableError } from '../../errors/errors.ts';
import { Lane, serverBusy, type LaneLimits, type Seat } from './lane.ts';

export type LaneName = 'read' | 'write' | 'start' | 'command';

export interface AdmissionLimits {
  readonly lanes: Readonly<Record<LaneName, LaneLimits>>;
  /** Of all bodies that are held at the same time. */
  readonly bodyBytes: number;
  /** Open event streams, streams of gRPC, downloads of values, sockets, and calls of `/mcp` together. */
  readonly readers: number;
}

/** What is taken in is answered within a second on two cores; beyond that a refusal is the better answer. */
export const ADMISSION_LIMITS: AdmissionLimits = {
  lanes: {
    read: { atOnce: 32, patient: 100, patientMs: 3_000, waiting: 400, waitMs: 800 },
    write: { atOnce: 8, patient: 40, patientMs: 3_000, waiting: 160, waitMs: 400 },
    start: { atOnce: 8, patient: 24, patientMs: 500, waiting: 160, waitMs: 150 },
    command: { atOnce: 1_000, patient: 0, patientMs: 0, waiting: 0, waitMs: 0 },
  },
  bodyBytes: 64 * 1024 * 1024,
  readers: 5_000,
};

export class Admission {
  readonly lanes: Readonly<Record<LaneName, Lane>>;
  readonly #limits: AdmissionLimits;
  readonly #refused: Counter;
  readonly #readersOpen: Gauge;
  #bodyBytes = 0;
  #readers = 0;

  constructor(limits: AdmissionLimits, registry: Registry) {
    this.#limits = limits;
    this.#refused = new Counter({
      name: 'baton_requests_refused_total',
      help: 'Requests refused since too much was under way, by what was full.',
      labelNames: ['full'],
      registers: [registry],
    });
    const underWay = new Gauge({
      name: 'baton_requests_under_way',
      help: 'Requests at work, by lane.',
      labelNames: ['lane'],
      registers: [registry],
    });
    this.#readersOpen = new Gauge({
      name: 'baton_live_readers',
      help: 'Open event streams, downloads of values, sockets, and calls of /mcp.',
      registers: [registry],
    });
    const lane = (name: LaneName) =>
      new Lane(limits.lanes[name], {
        refused: () => this.#refused.inc({ full: name }),
        underWay: (count) => underWay.set({ lane: name }, count),
      });
    this.lanes = {
      read: lane('read'),
      write: lane('write'),
      start: lane('start'),
      command: lane('command'),
    };
  }

  /** Takes room for a body of at most so many bytes. @throws UnavailableError `server_busy` */
  holdBody(bytes: number): Seat {
    if (this.#bodyBytes + bytes > this.#limits.bodyBytes) {
      this.#refused.inc({ full: 'bodies' });
      throw serverBusy('More bytes of bodies are held than this process takes at once.');
    }
    this.#bodyBytes += bytes;
    return once(() => (this.#bodyBytes -= bytes));
  }

  /** Takes the place of a reader that stays. @throws UnavailableError `too_many_readers` */
  addReader(): Seat {
    if (this.#readers >= this.#limits.readers) {
      this.#refused.inc({ full: 'readers' });
      const message = `${this.#readers} readers are connected, which is all that this process takes. Close some, try later, or ask another API process.`;
      throw new UnavailableError('too_many_readers', message, { retryAfterSeconds: 5 });
    }
    this.#readersOpen.set(++this.#readers);
    return once(() => this.#readersOpen.set(--this.#readers));
  }
}

function once(work: () => void): Seat {
  let isDone = false;
  return {
    leave: () => {
      if (!isDone) work();
      isDone = true;
    },
  };
}
