/** The error of what found no room on the disk, whichever way it went. */
import { UnavailableError } from '../../errors/errors.ts';

const RETRY_AFTER_SECONDS = 10;

/** @param cause what could not be written; without one it was not tried */
export function diskFull(cause?: unknown): UnavailableError {
  const message = 'There is no room left on the disk: nothing can be written, reading goes on. Make room.';
  return new UnavailableError('disk_full', message, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
