/**
 * Problem details (RFC 9457): the one place that turns anything thrown into what a caller of HTTP sees.
 *
 * What is no error of ours becomes 500 `internal` without a word about its cause: that stands in the log under the
 * same `request_id`.
 */
import type { ErrorRequestHandler, Response } from 'express';
import type { Problem } from '../../contract/problem.ts';
import {
  BatonError,
  ConflictError,
  InvalidError,
  NotAllowedError,
  NotFoundError,
  TooLargeError,
  UnavailableError,
  UnprocessableError,
  toBatonError,
} from '../../errors/errors.ts';
import { trailOf } from './leave-trail.ts';
import { HttpError } from './http-error.ts';
import { titleOf } from '../../contract/problem-codes.ts';
import { writeJson } from '../../plan/exact-json.ts';

/** `type` of the error for a body that is no text. */
export const NOT_UTF8 = 'body.not_utf8';

/** `type` of the error for a body that is JSON of too much. */
export const JSON_TOO_LARGE = 'body.json_too_large';

export const PROBLEM_TYPE = 'application/problem+json';

/** The error that stands for anything thrown while a request was served: a refusal of the body is told as one. */
export function requestErrorOf(thrown: unknown): BatonError {
  return fromExpress(thrown) ?? toBatonError(thrown);
}

/** The status by which HTTP tells each decision; a class stands before the one that it extends. */
const STATUSES = [
  [UnprocessableError, 422],
  [InvalidError, 400],
  [NotAllowedError, 403],
  [NotFoundError, 404],
  [ConflictError, 409],
  [TooLargeError, 413],
  [UnavailableError, 503],
] as const;

export function statusOf(error: BatonError): number {
  if (error instanceof HttpError) return error.status;
  return STATUSES.find(([decision]) => error instanceof decision)?.[1] ?? 500;
}

/** The body that tells `error`. */
export function problemOf(error: BatonError, requestId?: string): Problem {
  return {
    type: `/docs/errors/${encodeURIComponent(error.code)}`,
    title: titleOf(error.code),
    status: statusOf(error),
    detail: error.message,
    code: error.code,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(error.details.length > 0 && { errors: [...error.details] }),
    ...error.facts,
  };
}

/** Express' last handler. Once an answer has begun it can only be cut off, so that nobody takes it for whole. */
export const renderProblem: ErrorRequestHandler = async (thrown: unknown, request, response, _next) => {
  const error = requestErrorOf(thrown);
  const status = statusOf(error);
  if (status >= 500 && !isBusy(error)) {
    request.log.error({ err: thrown, code: error.code }, 'request failed');
  }
  await trailOf(response)?.end({ status, code: error.code });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  setHeaders(response, error);
  const requestId = typeof request.id === 'string' ? request.id : undefined;
  response
    .status(status)
    .type(PROBLEM_TYPE)
    .send(writeJson(problemOf(error, requestId)));
};

/** @param limit of bytes, as the parser says it */
function tooLargeText(limit: unknown): string {
  const most = `${typeof limit === 'number' ? limit / (1024 * 1024) : 1} MB`;
  return `The body is larger than ${most}. Send less: split a workflow that is so large, or hand large texts over as inputs.`;
}

/** Refused since too much is under way: counted in the metrics, since lines would add to the burst. */
function isBusy({ code }: BatonError): boolean {
  return code === 'server_busy' || code === 'too_many_readers';
}

/** What Express and its body parsers throw: told apart by `type`, and by `status` for a path that cannot be decoded. */
function fromExpress(thrown: unknown): BatonError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof BatonError) return undefined;
  const { type, status } = thrown as { type?: unknown; status?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new HttpError('body_too_large', tooLargeText((thrown as { limit?: unknown }).limit));
    case 'entity.parse.failed':
      return new HttpError('invalid_json', `The body is not JSON: ${thrown.message}.`);
    case JSON_TOO_LARGE:
      return new HttpError('body_too_large', `The body is not taken: ${thrown.message}. Send less.`);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new HttpError('unsupported_media_type', `${capitalized(thrown.message)}. Send UTF-8.`);
    case NOT_UTF8:
      return new HttpError('invalid_text', 'The body is not UTF-8. Send text, not bytes of something else.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new HttpError('request_aborted', 'The request ended before its body was whole.');
  }
  return status === 400 ? new HttpError('invalid_request', 'The request cannot be decoded.') : undefined;
}

function setHeaders(response: Response, error: BatonError): void {
  if (error instanceof UnavailableError) response.set('Retry-After', String(error.retryAfterSeconds));
  if (error instanceof HttpError) response.set(error.headers);
  response.set('Cache-Control', 'no-store');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
