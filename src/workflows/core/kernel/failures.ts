/** What a failed attempt means: its code, whether to try again, and after how long. Decided by codes alone. */
import { jsonBytes, valueAt, type Json, type JsonObject } from '../../../plan/json.ts';
import type { RetryPolicy } from '../../../plan/plan.ts';
import type { Scope } from '../../../plan/template.ts';
import { FAILURES, isFailureCode, seenError, TOLD } from '../../../protocol/failure.ts';
import { isLimitError } from '../../../protocol/limits.ts';
import type { FailureCode, FailureDetails, RawFailure, StepError } from '../../../protocol/failure.ts';
import type { NextTry, NoFurtherTry } from './contract.ts';

/** Most INFRA failures of one attempt group. */
const INFRA_ATTEMPTS = 10;
const INFRA_INITIAL_MS = 1_000;
const INFRA_MAX_MS = 60_000;
const MAX_RETRY_AFTER_MS = 60 * 60_000;
const MAX_ERROR_CHARS = 2_000;
/** What an activity tells is cut there; more is not from ours. */
const MAX_DATA_BYTES = 64 * 1024;

const TIMEOUT_CODES = {
  START_TO_CLOSE: 'timeout',
  SCHEDULE_TO_CLOSE: 'timeout',
  SCHEDULE_TO_START: 'not_started',
  HEARTBEAT: 'worker_lost',
} as const satisfies Record<string, FailureCode>;

/** A failure with what its activity said of it. */
export interface Judged {
  readonly error: StepError;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
}

/** @param tells whether the error has what its activity told of it */
export function judge(failure: RawFailure, attempt: number, tells = false): Judged {
  const details = detailsOf(failure);
  const type = codeOf(failure);
  const bare = { type, category: FAILURES[type].category, message: messageFor(type, failure), attempt };
  const data = tells ? dataOf(failure) : null;
  const error = data === null ? bare : { ...bare, data };
  return {
    error,
    retryable: details.retryable ?? FAILURES[type].retryable,
    retryAfterMs: Math.min(details.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS),
  };
}

export function stepError(type: FailureCode, message: string, attempt: number): StepError {
  return { type, category: FAILURES[type].category, message: message.slice(0, MAX_ERROR_CHARS), attempt };
}

function codeOf(failure: RawFailure): FailureCode {
  switch (failure.kind) {
    case 'application':
      return isFailureCode(failure.type) ? failure.type : 'unknown';
    case 'timeout':
      return TIMEOUT_CODES[failure.timeout];
    case 'reset':
      return 'reset';
    case 'other':
      return 'unknown';
  }
}

function messageFor(type: FailureCode, failure: RawFailure): string {
  if (type === 'worker_lost') return 'the worker stopped answering (heartbeat timeout)';
  if (type === 'timeout' && failure.kind === 'timeout') return 'the attempt took longer than its timeout';
  return failure.message.slice(0, MAX_ERROR_CHARS);
}

function detailsOf(failure: RawFailure): FailureDetails {
  if (failure.kind !== 'application' || typeof failure.details !== 'object' || failure.details === null)
    return {};
  const { retryable, retryAfterMs } = failure.details as Record<string, unknown>;
  return {
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(typeof retryAfterMs === 'number' && retryAfterMs > 0 ? { retryAfterMs } : {}),
  };
}

/** What the activity told, without what no activity of ours tells. */
function dataOf(failure: RawFailure): JsonObject | null {
  if (failure.kind !== 'application') return null;
  const told = TOLD.flatMap((name) => {
    const value = valueAt(failure.details as Json, ['data', name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  const data = Object.fromEntries(told);
  return told.length === 0 || jsonBytes(data) > MAX_DATA_BYTES ? null : data;
}

/**
 * Whether there is a further try, and after how many ms.
 *
 * @param wants answers `retry.if`; one that cannot be evaluated does not retry.
 * @param tried TASK tries so far, or INFRA failures so far in this group, each including the one that just failed.
 */
export function nextTry(
  judged: Judged,
  tried: { readonly group: number; readonly infra: number },
  policy: RetryPolicy,
  wants: (source: string, error: NonNullable<Scope['error']>) => boolean,
  seed: string,
): NextTry {
  if (judged.error.category === 'INFRA_ERROR') {
    const delayMs = infraDelay(tried.infra);
    return delayMs === null ? NOT_AGAIN.used_up : { delayMs, rule: 'machinery' };
  }
  if (!judged.retryable) return NOT_AGAIN.not_retryable;
  if (tried.group >= policy.attempts) return NOT_AGAIN.used_up;
  if (!wanted(judged.error, policy, wants)) return NOT_AGAIN.not_wanted;
  const plain = Math.min(policy.maxMs, policy.initialMs * policy.factor ** (tried.group - 1));
  const jittered = Math.round(plain * (1 + policy.jitter * (fraction(seed) - 0.5)));
  return { delayMs: Math.max(judged.retryAfterMs, jittered), rule: 'retry' };
}

/** The step is not tried again. */
export const NOT_AGAIN: { readonly [Why in NoFurtherTry]: NextTry } = {
  not_retryable: { delayMs: null, because: 'not_retryable' },
  used_up: { delayMs: null, because: 'used_up' },
  not_wanted: { delayMs: null, because: 'not_wanted' },
  ending: { delayMs: null, because: 'ending' },
  told: { delayMs: null, because: 'told' },
};

/** Delay in ms after the n-th failure of the machinery in a row, or null when there were too many. */
export function infraDelay(failures: number): number | null {
  if (failures > INFRA_ATTEMPTS) return null;
  return Math.min(INFRA_MAX_MS, INFRA_INITIAL_MS * 2 ** (failures - 1));
}

/** A limit, and not a fault: the step can be continued from where it stands. */
export function isLimit({ type }: StepError): boolean {
  return isLimitError(type);
}

function wanted(
  error: StepError,
  policy: RetryPolicy,
  wants: (source: string, error: NonNullable<Scope['error']>) => boolean,
): boolean {
  if (policy.if === null) return true;
  try {
    return wants(policy.if.source, { ...seenError(error), attempt: error.attempt });
  } catch {
    return false;
  }
}

/** A number in [0, 1) that depends on the text alone (FNV-1a): jitter without randomness. */
function fraction(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) {
    hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
