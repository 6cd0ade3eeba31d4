/**
 * Whether there is room to write. Two signs tell: a write that found none, and the reserve of `baton up` (a file that is
 * given up while there is still a little room, so that Postgres and Temporal live on and reads with them).
 *
 * While the reserve is missing nothing new is taken in; what merely stops or looks goes through.
 */
import { access } from 'node:fs/promises';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { BatonError, UnavailableError } from '../../errors/errors.ts';

/** A write that found no room says so for this long. */
const REMEMBER_MS = 30_000;
const RETRY_AFTER_SECONDS = 10;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** They write nothing, or make the stack write less. */
const STOPPING = /\/(validate|pause|cancel)$/;

export class Room {
  readonly #reserve: string | undefined;
  #failedAt = -Infinity;

  /** @param reserve path of the file; undefined where nobody keeps one */
  constructor(reserve: string | undefined) {
    this.#reserve = reserve;
  }

  /** Whether there is room as far as is known. @throws UnavailableError `disk_full` */
  async check(): Promise<void> {
    if (performance.now() - this.#failedAt < REMEMBER_MS || (await this.#isShort())) throw diskFull();
  }

  /** Refuses what would write while the reserve is missing, and sees what becomes of the rest. */
  readonly refuseWrites: RequestHandler = async (request, response, next) => {
    if (SAFE.has(request.method) || STOPPING.test(request.path)) return next();
    response.once('finish', () => {
      if (response.statusCode < 400) this.#failedAt = -Infinity;
    });
    if (await this.#isShort()) throw diskFull();
    next();
  };

  /** Remembers writes that found no room, and hands every error on. */
  readonly seeFailures: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
    if (error instanceof BatonError && error.code === 'disk_full' && error.cause !== undefined) {
      this.#failedAt = performance.now();
    }
    next(error);
  };

  async #isShort(): Promise<boolean> {
    if (this.#reserve === undefined) return false;
    return access(this.#reserve).then(
      () => false,
      () => true,
    );
  }
}

export function diskFull(cause?: unknown): UnavailableError {
  const message = 'There is no room left on the disk: nothing can be written, reading goes on. Make room.';
  return new UnavailableError('disk_full', message, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
