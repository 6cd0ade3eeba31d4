/** Refusals of plain HTTP (wrong method, wrong media type, foreign origin) that have no class among Baton's errors. */
import { BatonError, type ErrorDetail } from '../../errors/errors.ts';
import { PROBLEMS, type ProblemCode } from './catalogue.ts';

/** An error whose status is the one that the catalogue gives its code. */
export class HttpError extends BatonError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    message: string,
    options: {
      readonly details?: readonly ErrorDetail[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(code, message, options.details);
    this.status = PROBLEMS[code].status;
    this.headers = options.headers ?? {};
  }
}
