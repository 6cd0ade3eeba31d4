/**
 * What a vendor's error means: a row of a table, by the HTTP status, the error's codes, and where vendors have neither (a
 * prompt beyond the window, an empty account) by their words.
 */
import { APICallError, LoadAPIKeyError, NoSuchModelError } from 'ai';
import { messageOf } from '../../../errors/errors.ts';
import type { FailureCode, FailureDetails } from '../../../protocol/failure.ts';
import { StepFailure } from '../../step-failure.ts';
import type { ModelName } from '../models.ts';
import { saysNoCredit, saysTooLarge } from './vendor-words.ts';
import { membersOf, saidBy, saidIn, type VendorError } from './vendor-error.ts';

/** The failure for anything that a call of the `ai` package throws. */
export function vendorFailure(error: unknown, model: ModelName): StepFailure {
  const { code, details, why } = meaningOf(error);
  const remedy = REMEDIES[code];
  return failure(code, remedy === undefined ? why : `${why} (${remedy})`, model, details, error);
}

const REMEDIES: Partial<Record<FailureCode, string>> = {
  prompt_too_large: 'use a model with a larger window, or less text',
  model_unauthorized: "check the key on the worker and the vendor's account",
  model_unknown: "check the model's name",
};

/** The failure for a vendor that said nothing any more. */
export function silenceFailure(reason: unknown, model: ModelName): StepFailure {
  const remedy = 'Raise BATON_MODEL_IDLE_SECONDS if it may take longer.';
  return failure('model_error', `${messageOf(reason)} ${remedy}`, model, {}, reason);
}

function failure(
  code: FailureCode,
  why: string,
  model: ModelName,
  details: FailureDetails,
  cause: unknown,
): StepFailure {
  return new StepFailure(code, `${model.provider}/${model.model}: ${why}`, details, { cause });
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
  // An answer had begun: garbage, a break, or an error that the vendor sent in its stream.
  if (!APICallError.isInstance(error)) return { ...rowOf(saidIn(error)), why };
  // No status: no answer came, so the vendor never spoke.
  if (error.statusCode === undefined) return { code: 'connection_refused', details: {}, why };
  const said = saidBy(error, error.statusCode);
  const words = said.words === '' ? `${why}${causeOf(error)}` : said.words;
  return { ...rowOf(said), why: `${error.statusCode} ${words}` };
}

/** Why an answer that had come could not be read. */
function causeOf({ cause }: APICallError): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
}

/** Errors inside a stream are whatever object the vendor sent. */
function reasonOf(error: unknown): string {
  const { message, error: inner } = membersOf(error);
  const said = typeof message === 'string' && message !== '' ? message : membersOf(inner)['message'];
  return typeof said === 'string' && said !== '' ? said : messageOf(error);
}

/** A kind of failure: what it is known by, and what it means. The docs tell this table. */
interface Kind {
  readonly is: (said: VendorError) => boolean;
  readonly code: FailureCode;
  /** false where the list of codes would try again. */
  readonly retryable?: false;
}

/** The first that fits holds. */
const KINDS: readonly Kind[] = [
  { is: saysTooLarge, code: 'prompt_too_large' },
  { is: saysNoCredit, code: 'model_unauthorized' },
  { is: by([], ['content_filter', 'content_policy_violation', 'invalid_prompt']), code: 'model_refused' },
  {
    is: by(
      [401, 403],
      [
        'authentication_error',
        'permission_error',
        'invalid_api_key',
        'api_key_invalid',
        'unauthenticated',
        'permission_denied',
      ],
    ),
    code: 'model_unauthorized',
  },
  {
    is: by([429], ['rate_limit_error', 'rate_limit_exceeded', 'resource_exhausted']),
    code: 'model_rate_limited',
  },
  // They pass, as what is left over does: an overload, a fault of the vendor's, an answer that was garbage or broke off.
  { is: by([408, 409, 425], []), code: 'model_error' },
  { is: by([404], ['model_not_found', 'not_found_error', 'model_not_available']), code: 'model_unknown' },
  { is: isRefused, code: 'model_error', retryable: false },
];

function by(statuses: readonly number[], codes: readonly string[]): Kind['is'] {
  return ({ status, codes: said }) =>
    (status !== null && statuses.includes(status)) || said.some((code) => codes.includes(code));
}

/** What was asked is wrong, and will be the next time. */
function isRefused({ status, codes }: VendorError): boolean {
  if (status === null) return codes.includes('invalid_request_error');
  return status >= 400 && status < 500;
}

function rowOf(said: VendorError): Omit<Meaning, 'why'> {
  const { code, retryable } = KINDS.find(({ is }) => is(said)) ?? { code: 'model_error' as const };
  const wait = code === 'model_rate_limited' || code === 'model_error' ? said.retryAfterMs : null;
  return {
    code,
    details: {
      ...(wait === null ? {} : { retryAfterMs: wait }),
      ...(retryable === undefined ? {} : { retryable }),
    },
  };
}
