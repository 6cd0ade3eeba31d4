/**
 * Whether there is room to write. Two signs tell: a write that found none, and the reserve of `baton up` (a file that is
 * given up while there is still a little room, so that Postgres and Temporal live on and reads with them).
 *
 * While the reserve is missing nothing new is taken in; what merely stops or looks goes through.
 */
import { access } from 'node:fs/promises';
import { BatonError } from '../../errors/errors.ts';
import { diskFull } from '../ways/disk-full.ts';

/** A write that found no room says so for this long. */
const REMEMBER_MS = 30_000;

export class Room {
  readonly #reserve: string | undefined;
  #failedAt = -Infinity;

  /** @param reserve path of the file; undefined where nobody keeps one */
  constructor(reserve: string | undefined) {
    this.#reserve = reserve;
  }

  /** Whether there is room as far as is known. @throws UnavailableError `disk_full` */
  async check(): Promise<void> {
    if (performance.now() - this.#failedAt < REMEMBER_MS) throw diskFull();
    await this.admitWrite();
  }

  /** Asked before something new is taken in. @throws UnavailableError `disk_full` while the reserve is missing */
  async admitWrite(): Promise<void> {
    if (this.#reserve !== undefined && !(await exists(this.#reserve))) throw diskFull();
  }

  /** A write was done: there is room. */
  noteWrite(): void {
    this.#failedAt = -Infinity;
  }

  /** Remembers a write that found no room; of everything else that is thrown it takes no notice. */
  noteFailure(thrown: unknown): void {
    const foundNone =
      thrown instanceof BatonError && thrown.code === 'disk_full' && thrown.cause !== undefined;
    if (foundNone) this.#failedAt = performance.now();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
