/** What a vendor's error means. Decided by HTTP status and by error codes of the connection, never by a message. */
import { APICallError, LoadAPIKeyError, NoSuchModelError } from 'ai';
import { messageOf } from '../../../errors/errors.ts';
import type { FailureCode, FailureDetails } from '../../../protocol/failure.ts';
import { retryAfterMs } from '../../retry-after.ts';
import { StepFailure } from '../../step-failure.ts';
import type { ModelName } from '../models.ts';

/** The failure for anything that a call of the `ai` package throws. */
export function vendorFailure(error: unknown, model: ModelName): StepFailure {
  const { code, details, why } = meaningOf(error);
  return new StepFailure(code, `${model.provider}/${model.model}: ${why}`, details, { cause: error });
}

interface Meaning {
  readonly code: FailureCode;
  readonly details: FailureDetails;
  readonly why: string;
}

function meaningOf(error: unknown): Meaning {
  const why = reasonOf(error);
  if (LoadAPIKeyError.isInstance(error)) return { code: 'model_unauthorized', details: {}, why };
  if (NoSuchModelError.isInstance(error)) return { code: 'model_unknown', details: {}, why };
  if (!APICallError.isInstance(error)) return { ...codeMeaning(error), why };
  // No status: no answer came, so the vendor never spoke.
  if (error.statusCode === undefined) return { code: 'connection_refused', details: {}, why };
  return { ...callMeaning(error, error.statusCode), why: `${error.statusCode} ${why}${causeOf(error)}` };
}

/** Why an answer that had come could not be read. */
function causeOf({ cause }: APICallError): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
}

/** Errors inside a stream are whatever object the vendor sent. */
function reasonOf(error: unknown): string {
  const { message } = membersOf(error);
  return typeof message === 'string' && message !== '' ? message : messageOf(error);
}

/** An answer that had begun, so there is no status: garbage, a break, or an error that the vendor sent in its stream. */
function codeMeaning(error: unknown): Omit<Meaning, 'why'> {
  return saysTooLarge(error) ? TOO_LARGE : { code: 'model_error', details: {} };
}

const TOO_LARGE = { code: 'prompt_too_large', details: {} } as const;
/** Vendors' codes for a prompt that the model does not take. Anthropic and Google have none but status 413. */
const TOO_LARGE_CODES: readonly unknown[] = [
  'context_length_exceeded',
  'string_above_max_length',
  'exceed_context_size_error',
  'request_too_large',
];

function callMeaning(error: APICallError, status: number): Omit<Meaning, 'why'> {
  const wait = waitOf(error.responseHeaders ?? {});
  const later = wait === null ? {} : { retryAfterMs: wait };
  if (status === 413 || saysTooLarge(bodyOf(error))) return TOO_LARGE;
  if (status === 401 || status === 403) return { code: 'model_unauthorized', details: {} };
  if (status === 404) return { code: 'model_unknown', details: {} };
  if (status === 429) return { code: 'model_rate_limited', details: later };
  // Below 400 the answer came but was garbage or broke off.
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return { code: 'model_error', details: { ...later, ...(refused ? { retryable: false } : {}) } };
}

/** The error object in an answer's body: `{error: {code, type, message}}`, in OpenAI's and Anthropic's form alike. */
function bodyOf({ responseBody }: APICallError): unknown {
  try {
    const body: unknown = JSON.parse(responseBody ?? '');
    return membersOf(body)['error'];
  } catch {
    return undefined;
  }
}

function saysTooLarge(error: unknown): boolean {
  const { code, type } = membersOf(error);
  return TOO_LARGE_CODES.includes(code) || TOO_LARGE_CODES.includes(type);
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function waitOf(headers: Readonly<Record<string, string>>): number | null {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  return exact >= 0 ? Math.ceil(exact) : retryAfterMs(headers['retry-after'], Date.now());
}
