/**
 * The few classes of errors, each one decision for the caller. `code` is stable and documented; messages are for people
 * and name the place, the reason and the remedy.
 *
 *     InvalidError      400/422  the request or definition is wrong: change it
 *     NotFoundError     404      there is no such thing
 *     ConflictError     409      it does not fit the present state: look, then decide again
 *     TooLargeError     413      send less
 *     UnavailableError  503      a dependency is away: the same call may work later (Retry-After)
 *
 * Everything else that is thrown is a bug and becomes 500 `internal`.
 */
export interface ErrorDetail {
  /** Where: a JSON path, a file position, a parameter. */
  readonly path?: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly line?: number;
  readonly column?: number;
}

export abstract class BatonError extends Error {
  abstract readonly status: number;
  readonly code: string;
  /** All that is wrong, where there may be several things. */
  readonly details: readonly ErrorDetail[];

  constructor(code: string, message: string, details: readonly ErrorDetail[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

export class InvalidError extends BatonError {
  readonly status: number = 400;
}

/** A well-formed request whose definition or inputs are wrong. */
export class UnprocessableError extends InvalidError {
  override readonly status = 422;
}

export class NotFoundError extends BatonError {
  readonly status = 404;
}

export class ConflictError extends BatonError {
  readonly status = 409;
}

export class TooLargeError extends BatonError {
  readonly status = 413;
}

export class UnavailableError extends BatonError {
  readonly status = 503;
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(code, message, [], options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 2;
  }
}

/** The message of anything thrown, also of what is no Error. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
