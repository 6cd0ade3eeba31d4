/**
 * The few classes of errors, each one decision for the caller. `code` is stable and documented; messages are for people
 * and name the place, the reason and the remedy. How a transport tells them is the transport's (`api/http/problem.ts`).
 *
 *     InvalidError        the request is wrong: change it
 *     UnprocessableError  it is well-formed, and the definition or the inputs in it are wrong
 *     NotAllowedError     this caller may not do it: ask somebody who may
 *     NotFoundError       there is no such thing
 *     ConflictError       it does not fit the present state: look, then decide again
 *     TooLargeError       send less
 *     UnavailableError    a dependency is away or busy: the same call may work later
 *     InternalError       a bug: nothing that the caller can do
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

interface ErrorFacts extends ErrorOptions {
  /** What programs need to know beside the code; told beside it. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export abstract class BatonError extends Error {
  readonly code: string;
  /** All that is wrong, where there may be several things. */
  readonly details: readonly ErrorDetail[];
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    details: readonly ErrorDetail[] = [],
    { facts = {}, ...options }: ErrorFacts = {},
  ) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
    this.facts = facts;
  }
}

export class InvalidError extends BatonError {}

export class UnprocessableError extends InvalidError {}

export class NotAllowedError extends BatonError {}

export class NotFoundError extends BatonError {}

export class ConflictError extends BatonError {}

export class TooLargeError extends BatonError {}

export class UnavailableError extends BatonError {
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(code, message, [], options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 2;
  }
}

/** Stands for whatever is thrown that is no error of ours. Says nothing of its cause, which is for the log. */
class InternalError extends BatonError {
  constructor(cause: unknown) {
    const message = 'Something went wrong inside Baton; its log has the cause under this request_id.';
    super('internal', message, [], { cause });
  }
}

/** The error that stands for anything thrown: itself when it is ours, else `internal`. */
export function toBatonError(thrown: unknown): BatonError {
  return thrown instanceof BatonError ? thrown : new InternalError(thrown);
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
