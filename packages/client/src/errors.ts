/** The one error of the client. Programs decide by `code`, never by texts. */
import type { ErrorDetail, Problem } from './generated.ts';

/**
 * Codes that are not the API's own. `timeout`: nobody answered in time; `connection_lost`: there is no way to the server, or
 * it broke: of both it is not known whether what was asked for has happened. `redirected`: the answer leads elsewhere;
 * `answer_unreadable`: it is none of Baton's; `answer_too_large`: it is larger than what was allowed.
 */
export type ClientCode =
  | 'timeout'
  | 'connection_lost'
  | 'redirected'
  | 'answer_unreadable'
  | 'answer_too_large';

interface Facts {
  readonly status?: number;
  readonly problem?: Partial<Problem>;
  /** Seconds. */
  readonly retryAfter?: number | null;
  readonly cause?: unknown;
}

/** Whatever went wrong, other than that the caller has called it off: then his signal's reason is thrown. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  /** Of the API (docs/errors.md), or a {@link ClientCode}. */
  readonly code: string;
  /** Of the answer; null: there was none. */
  readonly status: number | null;
  /** What the API said; null: it was not the API that said no. */
  readonly problem: Partial<Problem> | null;
  /** Seconds after which it makes sense to try again; null: nobody said so. */
  readonly retryAfter: number | null;

  constructor(code: string, message: string, { status, problem, retryAfter, cause }: Facts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status ?? null;
    this.problem = problem ?? null;
    this.retryAfter = retryAfter ?? null;
  }

  /** What is wrong, each with its place. */
  get details(): readonly ErrorDetail[] {
    return this.problem?.errors ?? [];
  }

  /** Where the first fault is, such as `inputs.git_diff`, or `3:5` in a definition; null: nowhere in particular. */
  get place(): string | null {
    const [detail] = this.details;
    if (detail?.line !== undefined) return `${detail.line}:${detail.column ?? 1}`;
    return detail?.path ?? null;
  }
}
