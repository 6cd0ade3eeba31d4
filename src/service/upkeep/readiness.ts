/**
 * Whether the service can do everything, dependency by dependency: each has to prove it within a deadline.
 *
 * The projector is judged by what Postgres sees of it. Where none has been seen since this process began, nothing is
 * said about it: it may be about to come.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dependency, Readiness } from '../../contract/health.ts';
import { BatonError, UnavailableError } from '../../errors/errors.ts';
import type { Engine } from '../ways/engine.ts';
import { checkDatabase } from './queries/check-database.ts';
import { findProjector } from './queries/find-projector.ts';
import type { Room } from './room.ts';
import type { Store } from '../ways/store.ts';

/** Below what those who ask wait for an answer. */
const DEADLINE_MS = 4_000;
const PROJECTOR_SILENT_SECONDS = 15;

export class ReadinessDesk {
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #room: Room;
  #hasSeenProjector = false;
  #projectorGoneAt: number | null = null;

  constructor(deps: { readonly store: Store; readonly engine: Engine; readonly room: Room }) {
    this.#store = deps.store;
    this.#engine = deps.engine;
    this.#room = deps.room;
  }

  /** Never throws. */
  async look(): Promise<Readiness['dependencies']> {
    const [database, temporal, disk, projector] = await Promise.all([
      judge(this.#store.first(checkDatabase()), 'database_unavailable'),
      judge(this.#engine.ping(), 'temporal_unavailable'),
      judge(this.#room.check(), 'disk_full'),
      this.#lookAtProjector(),
    ]);
    return { database, temporal, disk, projector };
  }

  /** Since a projector last asked the database something; null: none is there. @throws what `Store` throws */
  async projectorSeconds(): Promise<number | null> {
    const found = await this.#store.first<{ readonly seconds: number | null }>(findProjector());
    return found?.seconds ?? null;
  }

  async #lookAtProjector(): Promise<Dependency> {
    try {
      return this.#judgeProjector(await inTime(this.projectorSeconds(), 'database_unavailable'));
    } catch {
      return { status: 'unknown' };
    }
  }

  #judgeProjector(seconds: number | null): Dependency {
    if (seconds !== null) {
      this.#hasSeenProjector = true;
      this.#projectorGoneAt = null;
      return seconds < PROJECTOR_SILENT_SECONDS ? { status: 'ok' } : SILENT;
    }
    if (!this.#hasSeenProjector) return { status: 'unknown' };
    this.#projectorGoneAt ??= performance.now();
    const gone = (performance.now() - this.#projectorGoneAt) / 1_000;
    return gone < PROJECTOR_SILENT_SECONDS ? { status: 'ok' } : SILENT;
  }
}

const SILENT: Dependency = { status: 'failed', code: 'projector_silent' };

async function judge(work: Promise<unknown>, late: string): Promise<Dependency> {
  try {
    await inTime(work, late);
    return { status: 'ok' };
  } catch (error) {
    return { status: 'failed', code: error instanceof BatonError ? error.code : 'internal' };
  }
}

async function inTime<T>(work: Promise<T>, late: string): Promise<T> {
  const over = new AbortController();
  const deadline = sleep(DEADLINE_MS, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new UnavailableError(late, `no answer within ${DEADLINE_MS} ms`);
  });
  deadline.catch(() => {});
  work.catch(() => {});
  try {
    return await Promise.race([work, deadline]);
  } finally {
    over.abort();
  }
}
