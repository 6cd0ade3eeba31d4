/** All runs that this projector follows: begins to follow what is open and free, and keeps the leases alive. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FirstPage } from './discovery.ts';
import { metrics } from '../metrics/metrics.ts';
import type { Pulse } from '../metrics/pulse.ts';
import { RunTail } from './run-tail.ts';
import type { TailContext } from './run-tail.ts';
import { findClaimableRuns } from '../sql/find-claimable-runs.ts';
import { renewLeases } from '../sql/renew-leases.ts';

const LOOK_MS = 1_000;
/** Leases last 10 s. */
const RENEW_MS = 3_000;
/** Most runs begun in one look: leaves others to other projectors that start at the same time. */
const CLAIM = 200;
/** A run that was left to a newer projector is looked at again after this: somebody may have started it anew. */
const LEFT_MS = 60_000;

export class Tails {
  readonly #context: TailContext;
  readonly #pulse: Pulse;
  readonly #tails = new Map<string, RunTail>();
  /** Runs of which something new was found while they were followed: looked at once more. */
  readonly #again = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  /** Runs for a newer Baton → when they are looked at again, in ms since 1970. */
  readonly #left = new Map<string, number>();
  #renewedAt = 0;

  constructor(context: Omit<TailContext, 'onFound'>, pulse: Pulse) {
    this.#pulse = pulse;
    this.#context = { ...context, onFound: (runId) => this.ensure(runId) };
  }

  all(): Iterable<RunTail> {
    return this.#tails.values();
  }

  /** Follows the run, if anything of it is open and free. @param first where a new execution begins, if known */
  ensure(runId: string, first?: FirstPage): void {
    if (this.#context.signal.aborted) return;
    if (this.#isLeft(runId)) return;
    const followed = this.#tails.get(runId);
    if (followed !== undefined) {
      this.#again.add(runId);
      followed.stir();
      return;
    }
    const tail = new RunTail(runId, this.#context, first);
    this.#tails.set(runId, tail);
    this.#counted();
    const running: Promise<void> = tail.follow().then((end) => {
      this.#running.delete(running);
      this.#tails.delete(runId);
      if (end === 'left') this.#left.set(runId, Date.now() + LEFT_MS);
      this.#counted();
      if (this.#again.delete(runId)) this.ensure(runId);
    });
    this.#running.add(running);
  }

  /** Something is about to happen to the run, if it is one of these. */
  stir(runId: string): void {
    this.#tails.get(runId)?.stir();
  }

  /** Looks for runs that nobody follows, and renews leases, until stopped. Never throws. */
  async run(): Promise<void> {
    const { signal, log } = this.#context;
    while (!signal.aborted) {
      try {
        await this.#renew();
        await this.#claim();
        this.#pulse.beat('database');
      } catch (error) {
        this.#pulse.miss('database', error);
        log.debug({ err: error }, 'leases could not be looked after; trying again');
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when no run is followed any more. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #renew(): Promise<void> {
    if (Date.now() - this.#renewedAt < RENEW_MS) return;
    const ids = [...this.#tails.values()].flatMap((tail) => tail.execution?.executionId ?? []);
    if (ids.length > 0) await this.#context.database.query(renewLeases(ids, this.#context.owner));
    this.#renewedAt = Date.now();
  }

  async #claim(): Promise<void> {
    const left = [...this.#left.keys()].filter((runId) => this.#isLeft(runId));
    metrics.leftRuns.set(left.length);
    const claimable = findClaimableRuns(CLAIM, left);
    const { rows } = await this.#context.database.query<{ run_id: string }>(claimable);
    for (const { run_id } of rows) if (!this.#tails.has(run_id)) this.ensure(run_id);
  }

  #isLeft(runId: string): boolean {
    const until = this.#left.get(runId);
    if (until === undefined) return false;
    if (Date.now() < until) return true;
    this.#left.delete(runId);
    return false;
  }

  #counted(): void {
    metrics.openTails.set(this.#tails.size);
    metrics.leftRuns.set(this.#left.size);
    this.#context.polls.resize(this.#tails.size);
  }
}
