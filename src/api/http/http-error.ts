/**
 * Refusals of plain HTTP (wrong method, wrong media type, foreign origin) that have no class among Baton's errors, and
 * those that tell more than a text.
 */
import { BatonError, type ErrorDetail } from '../../errors/errors.ts';
import { PROBLEMS, type ProblemCode } from '../../contract/problem-codes.ts';

/** An error whose status is the one that the catalogue gives its code. */
export class HttpError extends BatonError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Extension members of the problem (RFC 9457). */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    message: string,
    options: {
      readonly details?: readonly ErrorDetail[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(code, message, options.details);
    this.status = PROBLEMS[code].status;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}
