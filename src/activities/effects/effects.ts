/**
 * Lets an effect outlive the attempt that began it, so that it need not happen again.
 *
 * An attempt may lose its effect's result though nothing is wrong with the effect: its worker is told to stop, or
 * Temporal is away for longer than a heartbeat and takes the attempt for lost. Then the effect goes on; what it brings
 * is kept in Postgres, and the next attempt under the same key finds it there, or joins the one that is still under way,
 * here or in another process. A first attempt asks nobody, unless its effect is to be begun once only: then it says so
 * first, and no other begins it again.
 *
 * What this does not save: a worker that is killed takes its effects along; a cancel, a pause `now` and the attempt's
 * own deadline stop them. They are then tried again, if at all, under the same key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/database.ts';
import type { Statement } from '../../database/sql.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import type { Json } from '../../plan/json.ts';
import type { Secrets } from '../secrets.ts';
import { StepFailure } from '../step-failure.ts';
import { withPatientStorage, withStorage } from '../storage.ts';
import {
  beatEffect,
  claimEffect,
  findKept,
  forgetEffect,
  keepOutcome,
  leaveEffect,
  sweepKept,
  type EffectName,
} from './kept-results.ts';
import { failedOutcome, replay, type Outcome } from './outcome.ts';

/** Who comes later than this after the beginning can only be a second attempt: others are told by then. */
const CLAIM_MS = 5_000;
const BEAT_MS = 3_000;
/** An effect whose attempt is lost is given up when no other has come for it. */
const ORPHANED_MS = 120_000;
/** Longest that the end of an attempt waits until others are told. */
const TELL_MS = 1_000;
const LOOK_MS = 500;
const SWEEP_MS = 3_600_000;

export interface Effect extends EffectName {
  /** An attempt before this one may have been at it. */
  readonly repeated: boolean;
  /** It keeps what it brings by itself: only who is at it is told here. */
  readonly keepsItself?: boolean;
  /** A worker that stops does not wait for it. */
  readonly stopsWithWorker?: boolean;
  /**
   * It is begun once, whatever becomes of its attempts and of their run. This is answered where it has been begun and
   * nobody knows how it ended.
   */
  readonly whenCut?: Json;
}

/** The attempt that wants it. */
export interface Asking {
  readonly signal: AbortSignal;
  /** Once aborted: only the attempt ends, and nobody wants the effect to. */
  readonly isLost: () => boolean;
}

interface EffectsDeps {
  readonly database: Database;
  readonly log: Logger;
  readonly secrets: Secrets;
}

/** What is known of an effect. */
interface Before {
  /** Nobody had begun it. */
  readonly first?: boolean;
  readonly outcome: Outcome | null;
  readonly alive: boolean | null;
}

interface UnderWay {
  readonly name: Effect;
  readonly result: Promise<unknown>;
  readonly controller: AbortController;
  /** Attempts that wait for it. */
  attempts: number;
  orphanedAt: number | null;
  /** Settles once the result is kept, or there is none. */
  kept: Promise<void>;
}

export class Effects {
  readonly #deps: EffectsDeps;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #ending = new AbortController();
  #sweptAt = performance.now();

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  /**
   * What `work` brings, now or in an attempt before this one.
   *
   * @throws what `work` throws; StepFailure as it was kept, `storage_unavailable`; the signal's reason
   */
  async perform<O>(effect: Effect, asking: Asking, work: (signal: AbortSignal) => Promise<O>): Promise<O> {
    const id = JSON.stringify([effect.key, effect.inputHash]);
    if (!this.#underWay.has(id)) {
      const outcome = await this.#outcomeBefore(effect, asking.signal);
      if (outcome !== null) return replay<O>(outcome);
    }
    const underWay = this.#underWay.get(id) ?? this.#begin(id, effect, work);
    return (await this.#attend(underWay, asking)) as O;
  }

  /** Lets what is under way come to its end, for at most so long. For the end of a worker. */
  async settle(ms: number): Promise<void> {
    const all = Promise.allSettled([...this.#underWay.values()].map(({ kept }) => kept));
    await Promise.race([all, sleep(ms, undefined, { ref: false })]);
    const reason = new StepFailure('worker_shutdown', 'The worker shut down before the effect had ended.');
    this.#ending.abort(reason);
    for (const { controller } of this.#underWay.values()) controller.abort(reason);
    await Promise.race([all, sleep(TELL_MS, undefined, { ref: false })]);
  }

  /** What another process, or this one before, has kept; waits for one that is at it. null: it is to be done now. */
  async #outcomeBefore(effect: Effect, signal: AbortSignal): Promise<Outcome | null> {
    const { whenCut } = effect;
    if (!effect.repeated && whenCut === undefined) return null;
    for (;;) {
      const row = await withStorage(() =>
        this.#first<Before>(whenCut === undefined ? findKept(effect) : claimEffect(effect)),
      );
      if (row === undefined || row.first === true) return null;
      if (row.outcome !== null) return row.outcome;
      if (row.alive !== true) return whenCut === undefined ? null : { output: whenCut };
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }

  #begin(id: string, name: Effect, work: (signal: AbortSignal) => Promise<unknown>): UnderWay {
    const controller = new AbortController();
    const result = work(controller.signal);
    const underWay = { name, result, controller, attempts: 0, orphanedAt: null, kept: Promise.resolve() };
    const claim = this.#claimWhileAt(underWay);
    this.#underWay.set(id, underWay);
    underWay.kept = this.#keep(id, underWay, claim);
    return underWay;
  }

  /** Waits for the result as long as the attempt lasts. */
  async #attend(underWay: UnderWay, { signal, isLost }: Asking): Promise<unknown> {
    underWay.attempts++;
    underWay.orphanedAt = null;
    let onAbort = (): void => undefined;
    const lost = new Promise<never>((_, reject) => {
      onAbort = () => {
        if (!isLost()) return underWay.controller.abort(signal.reason);
        const told = Promise.race([this.#beat(underWay), sleep(TELL_MS, undefined, { ref: false })]);
        void told.then(() => reject(signal.reason as Error));
      };
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([underWay.result, lost]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (--underWay.attempts === 0) underWay.orphanedAt = performance.now();
    }
  }

  /** Tells other processes, from some seconds after the beginning on. */
  #claimWhileAt(underWay: UnderWay): { readonly stop: () => void } {
    const beat = () => void this.#beat(underWay);
    let timer = setTimeout(() => {
      beat();
      timer = setInterval(beat, BEAT_MS);
    }, CLAIM_MS);
    return { stop: () => clearTimeout(timer) };
  }

  async #beat({ name, controller, attempts, orphanedAt }: UnderWay): Promise<void> {
    try {
      const row = await this.#first<{ closed: boolean }>(beatEffect(name));
      const orphanedMs = orphanedAt === null ? 0 : performance.now() - orphanedAt;
      if ((attempts === 0 && row?.closed === true) || orphanedMs > ORPHANED_MS) {
        controller.abort(new StepFailure('worker_lost', 'Nobody waits for this effect any more.'));
      }
    } catch (error) {
      this.#deps.log.warn({ key: name.key, reason: messageOf(error) }, 'others cannot be told of an effect');
    }
  }

  /** Never throws, and goes on trying: whoever waits for the result has it already. */
  async #keep(
    id: string,
    { name, result, controller }: UnderWay,
    claim: { readonly stop: () => void },
  ): Promise<void> {
    const outcome = await result.then(
      (output): Outcome => ({ output: output as Json }),
      (error: unknown) => failedOutcome(error, this.#deps.secrets.mask),
    );
    if (outcome === null) {
      claim.stop();
      this.#underWay.delete(id);
    }
    const isCut = outcome === null && name.whenCut !== undefined && controller.signal.aborted;
    const isKept = outcome !== null && name.keepsItself !== true;
    const nothing = isCut ? leaveEffect(name) : forgetEffect(name);
    const statement = isKept ? keepOutcome(name, outcome) : nothing;
    try {
      await withPatientStorage(() => this.#first(statement), this.#ending.signal);
      await this.#sweep();
    } catch (error) {
      this.#deps.log.warn({ key: name.key, reason: messageOf(error) }, 'the result of an effect is not kept');
    } finally {
      claim.stop();
      if (outcome !== null) this.#underWay.delete(id);
    }
  }

  async #sweep(): Promise<void> {
    if (performance.now() - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = performance.now();
    await this.#first(sweepKept());
  }

  async #first<Row extends object>(statement: Statement): Promise<Row | undefined> {
    return (await this.#deps.database.query<Row>(statement)).rows[0];
  }
}
