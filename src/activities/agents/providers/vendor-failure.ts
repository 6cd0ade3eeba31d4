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
  const why = messageOf(error);
  if (LoadAPIKeyError.isInstance(error)) return { code: 'model_unauthorized', details: {}, why };
  if (NoSuchModelError.isInstance(error)) return { code: 'model_unknown', details: {}, why };
  if (!APICallError.isInstance(error)) return { code: 'model_error', details: {}, why };
  // No status: no answer came, so the vendor never spoke.
  if (error.statusCode === undefined) return { code: 'connection_refused', details: {}, why };
  return {
    ...statusMeaning(error.statusCode, error.responseHeaders ?? {}),
    why: `${error.statusCode} ${why}`,
  };
}

function statusMeaning(status: number, headers: Readonly<Record<string, string>>): Omit<Meaning, 'why'> {
  const wait = waitOf(headers);
  const later = wait === null ? {} : { retryAfterMs: wait };
  if (status === 401 || status === 403) return { code: 'model_unauthorized', details: {} };
  if (status === 404) return { code: 'model_unknown', details: {} };
  if (status === 429) return { code: 'model_rate_limited', details: later };
  // Below 400 the answer came but was garbage or broke off.
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 409;
  return { code: 'model_error', details: { ...later, ...(refused ? { retryable: false } : {}) } };
}

function waitOf(headers: Readonly<Record<string, string>>): number | null {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  return exact >= 0 ? Math.ceil(exact) : retryAfterMs(headers['retry-after'], Date.now());
}
