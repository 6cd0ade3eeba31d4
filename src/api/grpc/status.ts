/**
 * The one place that turns anything thrown into what a caller of gRPC sees: a code, words, and in the trailer
 * `grpc-status-details-bin` a `google.rpc.Status` with the stable code, what is wrong where, and when to try again.
 *
 * All of it together stays within 8 KB, which every client takes: what does not fit is left out, and counted.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { Metadata, status as Code, type StatusObject } from '@grpc/grpc-js';
import { UnavailableError, type BatonError, type ErrorDetail } from '../../errors/errors.ts';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
  type BadRequest_FieldViolation,
} from '../../grpc/generated/google/rpc/error_details_pb.js';
import { StatusSchema, type Status } from '../../grpc/generated/google/rpc/status_pb.js';
import { problemOf, requestErrorOf, statusOf } from '../http/problem.ts';
import { writeJson } from '../../plan/exact-json.ts';

const DOMAIN = 'baton';
const DETAILS = 'grpc-status-details-bin';
/** Of the message as it stands in a header, where most bytes that are no letters take three. */
const MESSAGE_BYTES = 1_200;
const DETAILS_BYTES = 4_000;
const TEXT_CHARS = 400;

/** What a caller is told of anything thrown. */
export function grpcStatusOf(thrown: unknown, requestId: string): StatusObject {
  const error = requestErrorOf(thrown);
  const code = codeOf(error);
  const message = cutTo(MESSAGE_BYTES, error.message);
  const metadata = new Metadata();
  const details = { error, requestId, violations: error.details.map(violationOf) };
  metadata.set(DETAILS, Buffer.from(toBinary(StatusSchema, fitting({ code, message }, details))));
  return { code, details: message, metadata };
}

/** Of refusals that look at what is there: what the caller can do about it. */
const CONFLICTS: Readonly<Record<string, Code>> = {
  run_exists: Code.ALREADY_EXISTS,
  version_exists: Code.ALREADY_EXISTS,
  idempotency_key_reused: Code.ALREADY_EXISTS,
  message_id_reused: Code.ALREADY_EXISTS,
  stale_revision: Code.ABORTED,
  continue_in_progress: Code.ABORTED,
};

/** By the status of HTTP. */
const CODES: Readonly<Record<number, Code>> = {
  400: Code.INVALID_ARGUMENT,
  401: Code.UNAUTHENTICATED,
  403: Code.PERMISSION_DENIED,
  404: Code.NOT_FOUND,
  405: Code.UNIMPLEMENTED,
  409: Code.FAILED_PRECONDITION,
  413: Code.INVALID_ARGUMENT,
  415: Code.INVALID_ARGUMENT,
  422: Code.INVALID_ARGUMENT,
  429: Code.RESOURCE_EXHAUSTED,
  503: Code.UNAVAILABLE,
};

/** The code of gRPC for an error. */
function codeOf(error: BatonError): Code {
  if (error.code === 'request_aborted') return Code.CANCELLED;
  return CONFLICTS[error.code] ?? CODES[statusOf(error)] ?? Code.INTERNAL;
}

interface Details {
  readonly error: BatonError;
  readonly requestId: string;
  readonly violations: readonly Violation[];
}
type Violation = Pick<BadRequest_FieldViolation, 'field' | 'description' | 'reason'>;

function violationOf({ path = '', code, message, hint, line, column }: ErrorDetail): Violation {
  const at = line === undefined ? '' : `line ${line}${column === undefined ? '' : `:${column}`}: `;
  return {
    field: cut(path),
    description: cut(`${at}${message}${hint === undefined ? '' : ` ${hint}`}`),
    reason: code,
  };
}

/** With as many violations as there is room for. */
function fitting(head: Pick<Status, 'code' | 'message'>, details: Details): Status {
  for (let most = details.violations.length; ; most = Math.floor(most * 0.7)) {
    const status = statusWith(head, details, most);
    if (most === 0 || toBinary(StatusSchema, status).length <= DETAILS_BYTES) return status;
  }
}

function statusWith(
  head: Pick<Status, 'code' | 'message'>,
  { error, requestId, violations }: Details,
  most: number,
): Status {
  const fieldViolations = violations.slice(0, most);
  const leftOut = violations.length - fieldViolations.length;
  const metadata = { ...factsOf(error), ...(leftOut > 0 && { violations_left_out: String(leftOut) }) };
  return create(StatusSchema, {
    ...head,
    details: [
      anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason: error.code, domain: DOMAIN, metadata })),
      ...(fieldViolations.length > 0
        ? [anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations }))]
        : []),
      ...(error instanceof UnavailableError ? [retryInfo(error)] : []),
      anyPack(RequestInfoSchema, create(RequestInfoSchema, { requestId })),
    ],
  });
}

function retryInfo({ retryAfterSeconds }: UnavailableError) {
  const seconds = BigInt(Math.ceil(retryAfterSeconds));
  return anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay: { seconds, nanos: 0 } }));
}

/** What HTTP tells beside the code: the status that it has there, and further members as JSON. */
function factsOf(error: BatonError): Record<string, string> {
  const { status } = problemOf(error);
  const facts = Object.entries(error.facts).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : writeJson(value);
    return text === undefined ? [] : [[name, cut(text)] as const];
  });
  return { http_status: String(status), ...Object.fromEntries(facts.slice(0, 4)) };
}

function cut(text: string): string {
  return whole(text.length <= TEXT_CHARS ? text : `${text.slice(0, TEXT_CHARS - 1)}…`);
}

/** Without halves of pairs, which no header can hold. */
function whole(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** As much of a text as takes so many bytes in a header. */
function cutTo(most: number, text: string): string {
  let bytes = 0;
  let kept = '';
  for (const character of whole(text)) {
    bytes += encodeURI(character).length;
    if (bytes > most) return `${kept}…`;
    kept += character;
  }
  return kept;
}
